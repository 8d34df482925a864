using System.Buffers;
using System.Globalization;
using BenchmarkDotNet.Attributes;
using Ledger.Log;
using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Benchmarks;

/// <summary>The pure parts: no file, no clock, no process.</summary>
[MemoryDiagnoser]
public class PureBenchmarks
{
    private static readonly ProcessIdentity Process =
        new("host", "6f1c9a52-boot", "pid:[4026531836]", "mnt:[4026531841]", "1000", 4711, "123456");

    private readonly ArrayBufferWriter<byte> target = new(1024);
    private readonly Track track = Detector.Observe(Track.Empty, new Look(LookResult.Seen, 1, 0, false), 0, 0, 0, 5000);
    private OperationState state = null!;
    private Entry start = null!;
    private Entry end = null!;
    private byte[] line = [];
    private Observation observation = null!;

    /// <summary>How many calls are on the stack, each called by the one before.</summary>
    [Params(3, 100)]
    public int Depth { get; set; }

    /// <summary>An operation with a call stack.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        state = Fold.Begin(Next(1, new OperationCreated("operation", Fold.Version, Process, null)))!;
        long? caller = null;
        for (var i = 0; i < Depth; i++)
        {
            state = Fold.Apply(state, Next(2 + i, new CallStarted($"call{i.ToString(CultureInfo.InvariantCulture)}", caller))).State;
            caller = state.Position;
        }
        start = Next(1000, new CallStarted("one-more", caller));
        end = Next(1001, new CallEnded($"call{(Depth - 1).ToString(CultureInfo.InvariantCulture)}", caller!.Value));
        EncodeEntry();
        line = target.WrittenSpan[1..^1].ToArray();
        observation = new Observation
        {
            Self = "incarnation",
            Process = Process,
            NowMs = 1000,
            ThresholdMs = 5000,
            IntervalMs = 1000,
            Liveness = new Dictionary<string, Judgement>(),
            Hung = new Dictionary<long, long>(),
            Timers = Timers.Empty,
            Supervises = new HashSet<string>(),
        };
    }

    /// <summary>One more call.</summary>
    [Benchmark]
    public object FoldStart() => Fold.Apply(state, start);

    /// <summary>The deepest call ends.</summary>
    [Benchmark]
    public object FoldEnd() => Fold.Apply(state, end);

    /// <summary>An entry to bytes.</summary>
    [Benchmark]
    public int EncodeEntry()
    {
        target.ResetWrittenCount();
        EntryCodec.Write(target, start);
        return target.WrittenCount;
    }

    /// <summary>Bytes to an entry.</summary>
    [Benchmark]
    public object? DecodeEntry() => EntryCodec.Read(line, oversized: false, out var entry, out _) == LineVerdict.Entry ? entry : null;

    /// <summary>The four rules while nothing is to be done.</summary>
    [Benchmark]
    public int Plan() => Rules.Plan.For(state, observation).Count;

    /// <summary>Whether one participant is alive.</summary>
    [Benchmark]
    public object Judge() => Detector.Judge(track, exited: false, runs: true, 2000, 5000);

    private static Entry Next(long sequence, EntryData data) =>
        new("nonce", sequence, "participant", "incarnation", "2026-01-01T00:00:00.000Z", data);
}
