using Ledger.Cli.Shared;

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
        var (samples, _) = await CrashAsync(stage, Survivors + 1, 1, stage.Count(Rounds), cancellationToken);
        return [BenchResult.Rounds("detect-kill", samples)];
    }

    public static async Task<IEnumerable<BenchResult>> CleanupAsync(BenchStage stage, CancellationToken cancellationToken)
    {
        var (_, samples) = await CrashAsync(stage, ChainLength, ChainLength / 2, stage.Count(Rounds / 2), cancellationToken);
        return [BenchResult.Rounds("cleanup", samples)];
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

    /// <summary>Kills one process of a chain, again and again. Returns when the last survivor was told, and how long
    /// after the first was told the operation had failed.</summary>
    private static async Task<(Samples Told, Samples Failed)> CrashAsync(
        BenchStage stage, int length, int victimAt, int rounds, CancellationToken cancellationToken)
    {
        var ledger = await stage.LedgerAsync(LogKind.Auto, cancellationToken);
        var survivors = await stage.StartAsync(ledger, "survivor", length - 1, cancellationToken);
        var (told, failed) = (new Samples(), new Samples());
        for (var i = -1; i < rounds; i++)
        {
            var victim = await stage.StartAsync(ledger, $"victim{i + 1}-", 1, cancellationToken);
            var operation = $"crash{i + 1}";
            await FormAsync(operation, [.. survivors[..victimAt], victim[0], .. survivors[victimAt..]], cancellationToken);
            var begin = TimeProvider.System.GetTimestamp();
            victim[0].Signal(Kill);
            var tolds = await BenchStage.SayAsync(survivors, $"told {operation}", cancellationToken);
            var ends = await BenchStage.SayAsync(survivors, $"ended {operation}", cancellationToken);
            await stage.EndAsync(victim);
            // The first round compiles what the others only run.
            if (i < 0) continue;
            told.Add(tolds.Max(l => Ms(begin, l.At)));
            failed.Add(ends.Min(l => Ms(tolds.Min(t => t.At), l.At)));
        }
        return (told, failed);
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
}
