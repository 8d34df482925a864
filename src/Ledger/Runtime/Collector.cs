using Ledger.Log;
using Ledger.Model;
using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>Ends what nobody alive takes part in, and sweeps: what <c>ledger gc</c> asks a participant to do. The rules do
/// the work; this brings operations under them and waits.</summary>
internal sealed class Collector(ParticipantCore core, Action<string> tell)
{
    /// <summary>Operations that are held open at once.</summary>
    private const int Batch = 64;

    /// <summary>How long beyond judging an operation may take to end before it is left to the next collection.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<CollectedOperation> ended = [];
    private readonly List<CollectedOperation> unfinished = [];
    private readonly List<string> alive = [];
    private readonly List<string> archived = [];
    private readonly List<string> problems = [];

    private LedgerContext Ledger => core.Ledger;

    public async Task<CollectReport> RunAsync(CancellationToken cancellationToken)
    {
        var leftBehind = new LeftBehindCleaner(Ledger, problems.Add);
        var finished = new List<LeftBehind>();
        // Before anything is archived: archiving prunes, and what is pruned is forgotten.
        foreach (var name in Ledger.Logs.ListArchived())
            finished.AddRange(await leftBehind.CleanAsync(() => Ledger.Logs.TryOpenArchived(name), cancellationToken).ConfigureAwait(false));
        var before = Ledger.Logs.ListArchived();
        foreach (var ids in Ledger.Logs.ListLive().Chunk(Batch))
            await VisitAsync(ids, cancellationToken).ConfigureAwait(false);
        foreach (var id in archived.ToList())
            finished.AddRange(await leftBehind.CleanAsync(() => Ledger.Logs.TryOpen(id), cancellationToken).ConfigureAwait(false));
        Guarded("the backup", () => Retention.Prune(Ledger));
        var after = Ledger.Logs.ListArchived().ToHashSet(StringComparer.Ordinal);
        var sweep = new LeftoverSweep(Ledger, problems.Add);
        return new CollectReport
        {
            Ended = [.. ended],
            Alive = [.. alive],
            Unfinished = [.. unfinished],
            Archived = [.. archived],
            Finished = [.. finished],
            Pruned = [.. before.Where(name => !after.Contains(name)).Order(StringComparer.Ordinal)],
            Records = sweep.Records(),
            Temporaries = sweep.Temporaries(),
            Leftovers = sweep.Leftovers(),
            Problems = [.. problems],
        };
    }

    private async Task VisitAsync(string[] ids, CancellationToken cancellationToken)
    {
        var visited = new List<OperationRuntime>();
        try
        {
            foreach (var id in ids) Guarded(id, () => Enter(id, visited));
            core.Wake();
            await DecideAsync([.. visited.Where(v => !v.State.IsTerminal)], cancellationToken).ConfigureAwait(false);
            foreach (var operation in visited.Where(v => v.State.IsTerminal))
            {
                Guarded(operation.OperationId, () =>
                {
                    if (Housekeeper.Archive(Ledger, operation.State) is not null) archived.Add(operation.OperationId);
                });
            }
        }
        finally
        {
            foreach (var operation in visited) Exit(operation);
        }
    }

    /// <summary>Puts an operation under the rules without becoming a member, and holds it there.</summary>
    private void Enter(string id, List<OperationRuntime> visited)
    {
        if (core.Find(id) is { } own)
        {
            if (own.State.Members.ContainsKey(core.Incarnation)) return;
            if (own.Holds.TryTake(Hold.Visit))
            {
                visited.Add(own);
                return;
            }
        }
        // A log without its first entry is no operation; the sweep has it.
        if (Ledger.Logs.TryOpen(id) is not { } log) return;
        visited.Add(Openings.Follow(core, log, Hold.Visit));
    }

    private void Exit(OperationRuntime operation)
    {
        operation.Holds.GiveBack(Hold.Visit);
        core.RemoveIfUnheld(operation);
    }

    /// <summary>Waits until each is over, or has a living member.</summary>
    private async Task DecideAsync(List<OperationRuntime> open, CancellationToken cancellationToken)
    {
        var liveness = new OneShotLiveness(Ledger);
        open.RemoveAll(o => HasLiving(o, liveness.Look(o.State)));
        var doubtful = open.Where(o => o.State.Members.Values.Any(m => m.Status == MemberStatus.Joined
            && liveness.Look(o.State)[m.Incarnation].Judgement!.Grade != Grade.Dead)).ToList();
        var window = TimeSpan.FromMilliseconds(Ledger.Manifest.StalenessThresholdMs + (2 * Ledger.Manifest.HeartbeatIntervalMs));
        if (doubtful.Count > 0)
        {
            tell($"observing {doubtful.Count} operation{(doubtful.Count == 1 ? "" : "s")} for {window.TotalSeconds:0.#} s: "
                + "the kernel cannot say whether the members are alive");
        }
        await Task.WhenAll(open.Select(o => EndAsync(o, doubtful.Contains(o) ? window : TimeSpan.Zero, liveness, cancellationToken)))
            .ConfigureAwait(false);
    }

    private bool HasLiving(OperationRuntime operation, IReadOnlyDictionary<string, Life> lives)
    {
        var living = operation.State.Members.Values.Any(m => m.Status == MemberStatus.Joined
            && lives.GetValueOrDefault(m.Incarnation)?.Judgement?.Grade == Grade.Alive);
        if (living) alive.Add(operation.OperationId);
        return living;
    }

    private async Task EndAsync(
        OperationRuntime operation, TimeSpan window, OneShotLiveness liveness, CancellationToken cancellationToken)
    {
        if (window > TimeSpan.Zero)
        {
            var lives = await liveness.ObserveAsync(operation.State, window, cancellationToken).ConfigureAwait(false);
            lock (alive)
            {
                if (HasLiving(operation, lives)) return;
            }
        }
        // Killing takes its grace, and so does a supervisor that may come back.
        var limit = Patience + Ledger.Options.KillGrace
            + TimeSpan.FromMilliseconds(2 * Ledger.Manifest.StalenessThresholdMs);
        try
        {
            await operation.TerminalSeen.WaitAsync(limit, Ledger.Clock.Provider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Messages.TriedAgain(Ledger.Log, operation.OperationId, "ending it", "it takes longer than this collection waits");
        }
        var state = operation.State;
        var result = new CollectedOperation(state.OperationId, state.Status, state.Cause);
        lock (ended) (state.IsTerminal ? ended : unfinished).Add(result);
    }

    private void Guarded(string what, Action action)
    {
        try
        {
            action();
        }
        catch (LedgerException e)
        {
            problems.Add($"{what}: {e.Message}");
        }
    }
}
