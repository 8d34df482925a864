using Ledger.Cli.Shared;

namespace Ledger.Cli.Bench;

/// <summary>A directory of its own beneath the one that is measured, with ledgers and processes in it; whatever happens, these
/// are ended and it is gone afterwards.</summary>
internal sealed class BenchStage : IAsyncDisposable
{
    private readonly List<Subprocess> processes = [];
    private readonly bool isQuick;
    private int ledgers;

    private BenchStage(string root, bool isQuick) => (Root, this.isQuick) = (root, isQuick);

    public string Root { get; }

    /// <param name="directory">The one that is measured.</param>
    /// <param name="isQuick">A tenth as much of everything.</param>
    public static BenchStage Open(string directory, bool isQuick)
    {
        Directory.CreateDirectory(directory);
        var root = Path.Combine(directory, $".bench-{Environment.ProcessId}");
        Directory.CreateDirectory(root);
        return new BenchStage(root, isQuick);
    }

    /// <summary>How many steps, rounds or processes to take where this many are usual.</summary>
    public int Count(int usual) => isQuick ? Math.Max(1, usual / 10) : usual;

    public TimeSpan Time(TimeSpan usual) => isQuick ? usual / 10 : usual;

    /// <summary>A new ledger with the usual interval and threshold.</summary>
    public Task<LedgerDirectory> LedgerAsync(LogKind log, CancellationToken cancellationToken) => LedgerDirectory.OpenAsync(
        new LedgerOptions { Path = Path.Combine(Root, $"ledger-{ledgers++}"), Log = log }, cancellationToken);

    /// <summary>Starts processes that join a ledger, and waits until they have.</summary>
    public async Task<List<Subprocess>> StartAsync(
        LedgerDirectory ledger, string name, int count, CancellationToken cancellationToken)
    {
        var started = new List<Subprocess>();
        for (var i = 0; i < count; i++)
        {
            var id = $"{name}{i}";
            started.Add(Subprocess.Start(id, [BenchWorkerCommand.Name, "--ledger", ledger.Path, "--name", id], (_, _) => { }));
            processes.Add(started[^1]);
        }
        foreach (var process in started) await process.SaysAsync("ready", cancellationToken);
        return started;
    }

    /// <summary>Has each of them do something, and waits until all have done it.</summary>
    public static async Task<SubprocessLine[]> TellAsync(
        IReadOnlyCollection<Subprocess> to, string command, string answer, CancellationToken cancellationToken)
    {
        foreach (var process in to) process.Tell(command);
        return await SayAsync(to, answer, cancellationToken);
    }

    public static Task<SubprocessLine[]> SayAsync(
        IEnumerable<Subprocess> from, string answer, CancellationToken cancellationToken) =>
        Task.WhenAll(from.Select(p => p.SaysAsync(answer, cancellationToken)));

    /// <summary>Ends processes before the stage does.</summary>
    public async Task EndAsync(IEnumerable<Subprocess> some)
    {
        await Task.WhenAll(some.Select(p => p.DisposeAsync().AsTask()));
        processes.RemoveAll(some.Contains);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync([.. processes]);
        Directory.Delete(Root, recursive: true);
    }
}
