using Ledger.Model;
using Ledger.Rules;
using Ledger.Testing;

namespace Ledger.Tests.Scenarios;

/// <summary>A simulated ledger with the usual cast: <c>cli</c> begins the operation <c>op</c>, <c>bridge</c> and
/// <c>editor</c> take part.</summary>
internal sealed class Stage
{
    public const string Op = "op";

    public static readonly TimeSpan Threshold = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, SimulatedParticipant> processes = [];
    private readonly Dictionary<string, Operation> operations = [];

    public SimulatedLedger Ledger { get; } = new();

    public SimulatedParticipant this[string id] => processes[id];

    public OperationState Now => Ledger.Read(Op);

    public TimeSpan Elapsed => Ledger.Time.GetElapsedTime(0);

    /// <summary>The cast on one host, or each on its own.</summary>
    public ValueTask<Stage> SetAsync(bool oneHost = true, params string[] others) =>
        SimulatedLedger.DetachedAsync(FillAsync(oneHost, others));

    private async Task<Stage> FillAsync(bool oneHost, string[] others)
    {
        foreach (var id in new[] { "cli", "bridge", "editor" }.Concat(others)) await StartAsync(id, oneHost ? "h1" : "host-of-" + id);
        operations["cli"] = await processes["cli"].Participant.CreateOperationAsync(Op);
        foreach (var id in processes.Keys.Where(id => id != "cli").ToList()) await JoinAsync(id);
        return this;
    }

    public async Task<SimulatedParticipant> StartAsync(string id, string host = "h1") =>
        processes[id] = await Ledger.StartAsync(id, host);

    public async Task<Operation> JoinAsync(string id) =>
        operations[id] = await processes[id].Participant.JoinOperationAsync(Op);

    /// <summary>A participant's handle on the operation.</summary>
    public Operation By(string id) => operations[id];

    /// <summary>Starts a call below another one, with a file in its own temporary directory.</summary>
    public async Task<Call> CallAsync(string by, string callId, string? caller = null, CallOptions? options = null)
    {
        var call = await By(by).StartCallAsync(callId, (options ?? new CallOptions()) with { CallerId = caller });
        var directory = await call.GetTemporaryDirectoryAsync();
        await this[by].Files.File.WriteAllTextAsync(directory + "/notes", callId);
        return call;
    }

    /// <summary>cli calls bridge, bridge calls editor.</summary>
    public async Task<(Call A, Call B, Call C)> ChainAsync(CallOptions? bridge = null, CallOptions? editor = null) =>
        (await CallAsync("cli", "a"), await CallAsync("bridge", "b", "a", bridge), await CallAsync("editor", "c", "b", editor));

    public Task UntilAsync(Func<OperationState, bool> condition, TimeSpan? bound = null) =>
        Ledger.RunUntilAsync(() => condition(Now), bound);

    public Task UntilTerminalAsync() => UntilAsync(s => s.IsTerminal);

    /// <summary>Work that never ends by itself.</summary>
    public static async Task<int> Forever(CancellationToken cancellationToken)
    {
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        return 0;
    }

    /// <summary>Every entry with what it did, oldest first.</summary>
    public async Task<List<StateChange>> HistoryAsync()
    {
        var changes = new List<StateChange>();
        await foreach (var c in Ledger.Directory.StateChanges(Op, follow: false)) changes.Add(c);
        return changes;
    }

    public async Task<IReadOnlyList<T>> AcceptedAsync<T>() where T : EntryData =>
        [.. (await HistoryAsync()).Where(c => c.Outcome.Accepted).Select(c => c.Entry.Data).OfType<T>()];

    /// <summary>How it ended, after a look at all that must hold whatever happened: the history is sound, nothing of the
    /// operation's calls lies on the disk, and it is archived in the end.</summary>
    public async Task<OperationState> EndAsync(params string[] mayLie)
    {
        await UntilTerminalAsync();
        await Ledger.RunUntilAsync(() => Ledger.Directory.List().Single(o => o.OperationId == Op).IsArchived);
        await VerifyHistoryAsync();
        Assert.Empty(Leftovers().Except(mayLie));
        return Now;
    }

    public IEnumerable<string> Leftovers() => Ledger.Files.Directory.Exists($"/ledger/temp/{Op}")
        ? Ledger.Files.Directory.GetFileSystemEntries($"/ledger/temp/{Op}").Select(p => p.Split('/')[^1]) : [];

    public async Task VerifyHistoryAsync()
    {
        var history = await HistoryAsync();
        Assert.Equal(Enumerable.Range(1, history.Count), history.Select(c => (int)c.Position));
        var state = Fold.Begin(history[0].Entry)!;
        foreach (var change in history.Skip(1))
        {
            var (after, outcome) = Fold.Apply(state, change.Entry);
            Assert.Null(Invariants.Fault(after));
            Assert.Equal(change.Outcome.Rejection, outcome.Rejection);
            Assert.Equal(change.State.Stack.Keys, after.Stack.Keys);
            state = after;
        }
        Assert.Equal(Now.StatusText, state.StatusText);
        List<OperationStatus> passed = [.. history.SelectMany(c => c.Outcome.Transitions)];
        OperationStatus[][] allowed =
        [
            [OperationStatus.Running], [OperationStatus.Running, OperationStatus.Completed],
            [OperationStatus.Running, OperationStatus.Cleanup],
            [OperationStatus.Running, OperationStatus.Cleanup, OperationStatus.Failed],
        ];
        Assert.Contains(allowed, way => way.SequenceEqual(passed));
    }
}
