using System.Globalization;
using Ledger.Testing.Simulation;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Ledger.Tests.Fuzzing;

/// <summary>Runs a check on many inputs, each made from a seed. In the suite: a fixed number from fixed seeds, and as many
/// from a fresh one. <c>LEDGER_FUZZ_SECONDS</c> goes on from fresh seeds for that long; <c>LEDGER_FUZZ_SEED</c> runs one input
/// again. A failure names its seed.</summary>
internal sealed class Campaign(ITestOutputHelper output)
{
    private static readonly TimeSpan HangBound = TimeSpan.FromSeconds(60);

    /// <summary>The input under way began then, for the guard against hangs; its seed beside it.</summary>
    private long begun;
    private ulong seed;

    /// <summary>One known input only: what a whole run must have come across it need not.</summary>
    public static bool IsReplay => Setting("LEDGER_FUZZ_SEED") is not null;

    /// <summary>Runs the check, whose input and chances come from the lottery.</summary>
    public async Task RunAsync(int inputs, Action<Lottery> check)
    {
        Volatile.Write(ref begun, TimeProvider.System.GetTimestamp());
        // Deep recursion has to be survived on an ordinary stack, so on an ordinary thread.
        var work = Task.Run(() => Run(inputs, check));
        while (await Task.WhenAny(work, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System)) != work)
        {
            if (TimeProvider.System.GetElapsedTime(Volatile.Read(ref begun)) > HangBound)
                Assert.Fail($"LEDGER_FUZZ_SEED={Volatile.Read(ref seed)} hangs.");
        }
        output.WriteLine($"{await work} inputs");
    }

    private long Run(int inputs, Action<Lottery> check)
    {
        if (Setting("LEDGER_FUZZ_SEED") is { } one)
        {
            Try(one, 1, check);
            return 1;
        }
        for (var i = 1; i <= inputs; i++) Try((ulong)i, i, check);
        var fresh = BitConverter.ToUInt64(Guid.NewGuid().ToByteArray());
        var count = (long)inputs;
        var duration = TimeSpan.FromSeconds(Setting("LEDGER_FUZZ_SECONDS") ?? 0);
        var start = TimeProvider.System.GetTimestamp();
        for (; count < 2 * inputs || TimeProvider.System.GetElapsedTime(start) < duration; count++) Try(fresh++, count + 1, check);
        return count;
    }

    private void Try(ulong one, long number, Action<Lottery> check)
    {
        Volatile.Write(ref seed, one);
        Volatile.Write(ref begun, TimeProvider.System.GetTimestamp());
        try
        {
            check(new Lottery(one));
        }
#pragma warning disable CA1031 // whatever comes out of a check is a finding
        catch (Exception e)
#pragma warning restore CA1031
        {
            throw new XunitException($"LEDGER_FUZZ_SEED={one} (input {number}): {e}");
        }
    }

    /// <summary>Runs a step and fails if it allocates more than its input's size explains.</summary>
    public static void Bounded(int inputBytes, Action step)
    {
        const long Constant = 256 * 1024, PerByte = 64; // what is warmed up once, and what one field of a line costs
        var before = GC.GetAllocatedBytesForCurrentThread();
        step();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Constant + (PerByte * inputBytes));
    }

    private static ulong? Setting(string name) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var n) ? n : null;
}
