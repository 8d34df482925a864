using System.Globalization;
using Ledger.Cli.Shared;
using Ledger.Model;
using Ledger.Platform;
using Ledger.Runtime;

namespace Ledger.Cli.Bench;

/// <summary>What one entry costs, and what the bare system calls beneath it cost in the same run.</summary>
internal static class LogBenches
{
    private const int Commits = 100_000;
    private const int ChainCommits = 3_000;

    /// <summary>Before what is measured: as many as compile well what a commit calls.</summary>
    private const int WarmCommits = 20_000;
    private const int Contenders = 8;
    private const int Beats = 20_000;

    /// <summary>As long as a typical entry of a call.</summary>
    private static readonly byte[] Line = [(byte)'\n', .. Enumerable.Repeat((byte)'x', 328), (byte)'\n'];

    public static Task<IEnumerable<BenchResult>> AppendFloorAsync(BenchStage stage, CancellationToken cancellationToken)
    {
        using var file = Open(Path.Combine(stage.Root, "floor"), Libc.ReadWrite | Libc.Append | Libc.Create);
        var (buffer, end, samples) = (new byte[Line.Length], 0L, new Samples());
        for (var i = 0; i < stage.Count(Commits); i++)
        {
            samples.Time(() =>
            {
                Libc.Write(file, Line);
                end += Libc.Read(file, buffer, end);
            });
        }
        return One(BenchResult.Steps("append-floor", samples));
    }

    public static Task<IEnumerable<BenchResult>> ChainFloorAsync(BenchStage stage, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateDirectory(Path.Combine(stage.Root, "chain-floor")).FullName;
        var (temporary, samples) = (Path.Combine(directory, "temporary"), new Samples());
        for (var i = 0; i < stage.Count(ChainCommits); i++)
        {
            var name = Path.Combine(directory, i.ToString("d10", CultureInfo.InvariantCulture));
            samples.Time(() =>
            {
                using (var file = Open(temporary, Libc.ReadWrite | Libc.Create)) Libc.Write(file, Line);
                Libc.Link(temporary, name);
                Libc.Unlink(temporary);
            });
        }
        return One(BenchResult.Steps("chain-floor", samples));
    }

    public static async Task<IEnumerable<BenchResult>> CommitAsync(BenchStage stage, CancellationToken cancellationToken)
    {
        var ledger = await stage.LedgerAsync(LogKind.Append, cancellationToken);
        var samples = await CommitAsync(stage, ledger, stage.Count(Commits), cancellationToken);
        var log = TimeProvider.System.GetTimestamp();
        using var reader = new FoldReader(ledger.OpenLog("commits"));
        var entries = reader.ReadToEnd().Position;
        var ms = TimeProvider.System.GetElapsedTime(log).TotalMilliseconds;
        return
        [
            BenchResult.Steps("commit", samples),
            new BenchResult("fold", "ms", null, null, ms / entries * 100_000, "ms per 100,000 entries"),
        ];
    }

    public static async Task<IEnumerable<BenchResult>> ChainAsync(BenchStage stage, CancellationToken cancellationToken)
    {
        var ledger = await stage.LedgerAsync(LogKind.Chain, cancellationToken);
        return [BenchResult.Steps("commit-chain", await CommitAsync(stage, ledger, stage.Count(ChainCommits), cancellationToken))];
    }

    public static async Task<IEnumerable<BenchResult>> ContendedAsync(BenchStage stage, CancellationToken cancellationToken)
    {
        var ledger = await stage.LedgerAsync(LogKind.Append, cancellationToken);
        // Theirs alone: the benchmark would fold all of it, too.
        var processes = await stage.StartAsync(ledger, "writer", Contenders, cancellationToken);
        await BenchStage.TellAsync(processes[..1], "create commits", "joined commits", cancellationToken);
        await BenchStage.TellAsync(processes[1..], "join commits", "joined commits", cancellationToken);
        var each = stage.Count(2 * Commits) / Contenders;
        // As much before as is measured: all eight compile well what they call often, on the processors they measure with.
        await BenchStage.TellAsync(processes, $"commit commits {each}", "committed commits 1", cancellationToken);
        var said = await BenchStage.TellAsync(processes, $"commit commits {each}", "committed commits 2", cancellationToken);
        var figures = said.Select(l => l.Text.Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray()).ToList();
        var (begin, end) = (figures.Min(f => f[0]), figures.Max(f => f[1]));
        var seconds = (end - begin) / TimeProvider.System.TimestampFrequency;
        // Each wrote as many: who took longest was slowest.
        var fairness = figures.Min(f => f[1] - f[0]) / figures.Max(f => f[1] - f[0]);
        return
        [
            new BenchResult("commit-contended", "us", figures.Average(f => f[2]), figures.Max(f => f[3]),
                each * Contenders / seconds, "per second, of 8 together"),
            new BenchResult("commit-contended-fairness", "ratio", null, null, fairness, "slowest over fastest process"),
            new BenchResult("commit-contended-resident", "MB", null, null,
                processes.Max(p => LoadBenches.ResidentMb(p.Pid)), "MB resident, the largest of the 8"),
        ];
    }

    public static async Task<IEnumerable<BenchResult>> HeartbeatAsync(BenchStage stage, CancellationToken cancellationToken)
    {
        var ledger = await stage.LedgerAsync(LogKind.Auto, cancellationToken);
        await using var participant = await ledger.JoinAsync("bench", cancellationToken);
        var samples = new Samples();
        for (var i = 0; i < stage.Count(Beats); i++) samples.Time(() => participant.Core.Heartbeat.Beat());
        return [BenchResult.Steps("heartbeat", samples)];
    }

    /// <summary>Starts calls and ends them in turn, and times each entry.</summary>
    public static Samples Commit(Operation operation, string prefix, int count)
    {
        var samples = new Samples();
        for (var i = 0; i < count / 2; i++)
        {
            Call? call = null;
            var id = $"{prefix}{i.ToString(CultureInfo.InvariantCulture)}";
            samples.Time(() => call = operation.StartCallAsync(id).AsTask().GetAwaiter().GetResult());
            var started = call!;
            samples.Time(() => started.EndAsync().AsTask().GetAwaiter().GetResult());
        }
        return samples;
    }

    private static async Task<Samples> CommitAsync(
        BenchStage stage, LedgerDirectory ledger, int count, CancellationToken cancellationToken)
    {
        await using var participant = await ledger.JoinAsync("bench", cancellationToken);
        await using var operation = await participant.CreateOperationAsync("commits", cancellationToken: cancellationToken);
        Commit(operation, "warm", stage.Count(WarmCommits));
        return Commit(operation, "c", count);
    }

    private static Task<IEnumerable<BenchResult>> One(BenchResult result) => Task.FromResult<IEnumerable<BenchResult>>([result]);

    private static Microsoft.Win32.SafeHandles.SafeFileHandle Open(string path, int flags) =>
        Libc.Open(path, flags, 0x180, out var errno) ?? throw Errno.Failure("Cannot open", path, errno);
}
