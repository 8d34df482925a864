using Ledger.Cli.Shared;
using Ledger.Platform;

namespace Ledger.Cli.Bench;

/// <summary>How soon processes hear of one another. Times of several processes compare: one monotonic clock serves the whole
/// machine.</summary>
internal static class CrashBenches
{
    private const int Kill = 9;
    private const int Stop = 19;
    private const int Notices = 300;
    private static readonly TimeSpan BetweenNotices = TimeSpan.FromMilliseconds(5);
    private const int Rounds = 20;
    private const int Stops = 5;
    private const int Survivors = 3;
    private const int ChainLength = 10;

    /// <summary>A commit in one process, until another one that awaits it goes on.</summary>
    public static async Task<IEnumerable<BenchResult>> NotifyAsync(BenchStage stage, CancellationToken cancellationToken)
    {
        var ledger = await stage.LedgerAsync(LogKind.Auto, cancellationToken);
        await using var participant = await ledger.JoinAsync("bench", cancellationToken);
        await using var operation = await participant.CreateOperationAsync("news", cancellationToken: cancellationToken);
        var listener = await stage.StartAsync(ledger, "listener", 1, cancellationToken);
        await BenchStage.TellAsync(listener, "join news", "joined news", cancellationToken);
        await BenchStage.TellAsync(listener, "listen news", "listening news", cancellationToken);
        var samples = new Samples();
        for (var i = 0; i < stage.Count(Notices); i++)
        {
            var begin = TimeProvider.System.GetTimestamp();
            var call = await operation.StartCallAsync($"n{i}", cancellationToken: cancellationToken);
            var heard = await listener[0].SaysAsync($"heard n{i}", cancellationToken);
            await call.EndAsync(cancellationToken);
            // Single commits: in a flood, changes gather for a moment before they are told.
            await Task.Delay(BetweenNotices, TimeProvider.System, cancellationToken);
            // The first ones compile what the others only run.
            if (i >= stage.Count(Notices) / 10) samples.Add(Ms(begin, heard.At));
        }
        return [BenchResult.Rounds("notify", samples)];
    }

    public static async Task<IEnumerable<BenchResult>> DetectKillAsync(BenchStage stage, CancellationToken cancellationToken)
    {
        var times = await CrashAsync(stage, Survivors + 1, 1, stage.Count(Rounds), cancellationToken);
        return times.Gone.Count == 0
            ? [BenchResult.Rounds("detect-kill", times.Told)]
            : [BenchResult.Rounds("detect-kill", times.Told), BenchResult.Rounds("detect-kill-floor", times.Gone)];
    }

    public static async Task<IEnumerable<BenchResult>> CleanupAsync(BenchStage stage, CancellationToken cancellationToken)
    {
        var times = await CrashAsync(stage, ChainLength, ChainLength / 2, stage.Count(Rounds / 2), cancellationToken);
        return [BenchResult.Rounds("cleanup", times.Failed)];
    }

    public static async Task<IEnumerable<BenchResult>> DetectStopAsync(BenchStage stage, CancellationToken cancellationToken)
    {
        var ledger = await stage.LedgerAsync(LogKind.Auto, cancellationToken);
        var survivors = await stage.StartAsync(ledger, "survivor", Survivors, cancellationToken);
        var victims = await stage.StartAsync(ledger, "victim", Stops, cancellationToken);
        var begins = new long[Stops];
        for (var i = 0; i < Stops; i++) await FormAsync($"stop{i}", [survivors[0], victims[i], .. survivors[1..]], cancellationToken);
        for (var i = 0; i < Stops; i++)
        {
            begins[i] = TimeProvider.System.GetTimestamp();
            victims[i].Signal(Stop);
        }
        var samples = new Samples();
        for (var i = 0; i < Stops; i++)
        {
            var told = await BenchStage.SayAsync(survivors, $"told stop{i}", cancellationToken);
            samples.Add(told.Max(l => Ms(begins[i], l.At)));
        }
        return [BenchResult.Rounds("detect-stop", samples)];
    }

    /// <summary>Kills one process of a chain, again and again.</summary>
    private static async Task<CrashTimes> CrashAsync(
        BenchStage stage, int length, int victimAt, int rounds, CancellationToken cancellationToken)
    {
        var ledger = await stage.LedgerAsync(LogKind.Auto, cancellationToken);
        var survivors = await stage.StartAsync(ledger, "survivor", length - 1, cancellationToken);
        var times = new CrashTimes(new Samples(), new Samples(), new Samples());
        for (var i = -1; i < rounds; i++)
        {
            var victim = await stage.StartAsync(ledger, $"victim{i + 1}-", 1, cancellationToken);
            var operation = $"crash{i + 1}";
            await FormAsync(operation, [.. survivors[..victimAt], victim[0], .. survivors[victimAt..]], cancellationToken);
            var gone = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            using var watch = ledger.Context.Processes.Watch(
                HostIdentity.Current() with { Pid = victim[0].Pid, StartToken = HostIdentity.StartToken(victim[0].Pid) },
                () => gone.TrySetResult(TimeProvider.System.GetTimestamp()));
            var begin = TimeProvider.System.GetTimestamp();
            victim[0].Signal(Kill);
            var tolds = await BenchStage.SayAsync(survivors, $"told {operation}", cancellationToken);
            var ends = await BenchStage.SayAsync(survivors, $"ended {operation}", cancellationToken);
            await stage.EndAsync(victim);
            // The first round compiles what the others only run.
            if (i < 0) continue;
            if (watch is not null) times.Gone.Add(Ms(begin, await gone.Task.WaitAsync(cancellationToken)));
            times.Told.Add(tolds.Max(l => Ms(begin, l.At)));
            times.Failed.Add(ends.Min(l => Ms(tolds.Min(t => t.At), l.At)));
        }
        return times;
    }

    /// <summary>A chain of calls, one of each process, the first one's at its top.</summary>
    private static async Task FormAsync(string operation, List<Subprocess> chain, CancellationToken cancellationToken)
    {
        await BenchStage.TellAsync([chain[0]], $"create {operation}", $"joined {operation}", cancellationToken);
        await BenchStage.TellAsync(chain[1..], $"join {operation}", $"joined {operation}", cancellationToken);
        for (var i = 0; i < chain.Count; i++)
        {
            var caller = i == 0 ? "" : $" {chain[i - 1].Name}";
            await BenchStage.TellAsync([chain[i]], $"call {operation}{caller}", $"called {operation}", cancellationToken);
        }
    }

    private static double Ms(long begin, long end) => TimeProvider.System.GetElapsedTime(begin, end).TotalMilliseconds;

    /// <param name="Gone">From KILL until the kernel says that the victim is gone.</param>
    /// <param name="Told">From KILL until the last survivor was told.</param>
    /// <param name="Failed">From the first survivor's being told until the operation had failed.</param>
    private sealed record CrashTimes(Samples Gone, Samples Told, Samples Failed);
}
