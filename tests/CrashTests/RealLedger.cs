using Ledger.Model;
using Ledger.Rules;

namespace Ledger.CrashTests;

/// <summary>A ledger in a temporary directory with short times, and the workers of one test; all gone with it.</summary>
internal sealed class RealLedger : IAsyncDisposable
{
    private readonly List<WorkerProcess> workers = [];
    private int started;

    private readonly Ground ground;
    private readonly IReadOnlyList<string> ways;

    private RealLedger(LedgerDirectory directory, Ground ground, IReadOnlyList<string> ways) =>
        (Directory, this.ground, this.ways) = (directory, ground, ways);

    public LedgerDirectory Directory { get; }

    public string Path => Directory.Path;

    public static async Task<RealLedger> CreateAsync(Func<LedgerOptions, LedgerOptions>? with = null, Ground? ground = null)
    {
        ground ??= Ground.Local;
        var ways = ground.NewDirectory();
        var options = new LedgerOptions
        {
            Path = ways[0],
            HeartbeatInterval = TimeSpan.FromMilliseconds(200),
            StalenessThreshold = TimeSpan.FromSeconds(2),
        };
        return new RealLedger(await LedgerDirectory.OpenAsync(with?.Invoke(options) ?? options), ground, ways);
    }

    /// <summary>Starts a participant; where several ways lead to the ledger it takes the next one, unless told which.</summary>
    public async Task<WorkerProcess> StartAsync(
        string participantId, IReadOnlyDictionary<string, string>? environment = null, int? way = null)
    {
        var variables = new Dictionary<string, string>(environment ?? new Dictionary<string, string>());
        var number = Interlocked.Increment(ref started);
        if (ground.SeparateHosts) variables[WorkerProcess.HostVariable] = $"host-{number}";
        var worker = await WorkerProcess.StartAsync(ways[(way ?? number) % ways.Count], participantId, variables);
        lock (workers) workers.Add(worker);
        return worker;
    }

    /// <summary>The ledger, reached by one of its ways.</summary>
    public Task<LedgerDirectory> OpenAsync(int way) =>
        LedgerDirectory.OpenAsync(new LedgerOptions { Path = ways[way], Create = false });

    /// <summary>The operation's history; its invariants hold at every entry, and nobody but its owner removed an active
    /// frame.</summary>
    public async Task<List<StateChange>> HistoryAsync(string operationId, int way = 0)
    {
        var history = new List<StateChange>();
        var ledger = way == 0 ? Directory : await OpenAsync(way);
        await foreach (var change in ledger.StateChanges(operationId, follow: false)) history.Add(change);
        foreach (var change in history)
        {
            Assert.Null(Invariants.Fault(change.State));
            Assert.All(change.Outcome.Removed.Where(f => f.Status == FrameStatus.Active),
                f => Assert.Equal(f.Incarnation, change.Entry.Incarnation));
        }
        return history;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in workers) await worker.DisposeAsync();
        // A network drive goes as a whole.
        if (ways.Count == 1) System.IO.Directory.Delete(Path, recursive: true);
    }
}
