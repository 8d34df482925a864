using Ledger.Model;
using Ledger.Platform;
using Ledger.Runtime;
using Ledger.Testing;

namespace Ledger.Tests.Scenarios.PowerLoss;

/// <summary>One process after the other on one simulated disk, step by step; nothing happens by itself. Says what was
/// acknowledged.</summary>
internal sealed class PoweredLedger(SimulatedFileSystem files, SimulatedTime time, bool flush)
{
    public const string Operation = "op";

    private readonly SimulatedProcesses processes = new();
    private readonly List<string> acknowledged = [];
    private int lastName;
    private LedgerDirectory? directory;
    private LedgerParticipant? participant;
    private OperationRuntime? operation;

    public static IReadOnlyDictionary<string, Action<PoweredLedger>> Steps { get; } = new Dictionary<string, Action<PoweredLedger>>
    {
        ["open"] = l => l.Open(),
        ["join"] = l => l.participant = l.Directory.JoinAsync("a").GetAwaiter().GetResult(),
        ["create"] = l => l.operation = Openings.Create(l.participant!.Core, Operation, null),
        ["commit"] = l => l.Propose(new CallStarted($"call{l.operation!.State.Position}", null)),
        ["end"] = l =>
        {
            foreach (var frame in l.operation!.State.Stack.Values.ToList()) l.Propose(new CallEnded(frame.CallId, frame.Position));
        },
        ["publish"] = l => l.participant!.Core.Publisher.Publish(0),
        ["complete"] = l => l.Propose(new CompleteRequested()),
        ["archive"] = l => Housekeeper.Archive(l.Directory.Context, l.operation!.State),
    };

    /// <summary>The steps whose end the process has seen, in order.</summary>
    public IReadOnlyList<string> Acknowledged => acknowledged;

    public LedgerDirectory Directory => directory!;

    /// <summary>Entries of the operation that were acknowledged.</summary>
    public long Position { get; private set; }

    public void Do(string step)
    {
        Steps[step](this);
        acknowledged.Add(step);
        Position = operation?.State.Position ?? 0;
    }

    /// <summary>Random names are counted: the same at every run, and others than those of a predecessor.</summary>
    public void Open(string salt = "a")
    {
        var self = processes.Start("h1");
        string NewHex(int digits) => salt + (++lastName).ToString("x", System.Globalization.CultureInfo.InvariantCulture).PadLeft(digits - 1, '0');
        directory = LedgerDirectory.Open(new LedgerOptions
        {
            Path = "/ledger",
            Log = LogKind.Simulated,
            FlushBeforeAcknowledging = flush,
            FileSystem = files,
            Time = time,
            World = new ProcessWorld(self, processes.TableOf(self), NewHex, new SimulatedDisk(files, NewHex)),
        });
    }

    private void Propose(EntryData data) => Assert.Null(operation!.Replica.Propose(data)[0].Rejection);
}
