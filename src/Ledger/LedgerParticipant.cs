using Ledger.Groups;
using Ledger.Model;
using Ledger.Rules;
using Ledger.Runtime;
using Ledger.Runtime.Groups;

namespace Ledger;

/// <summary>This process as a participant of a ledger: beats, watches others, cleans up by the four rules. Thread-safe.
/// Disposing it leaves every group and operation in good order, failing the calls that are still open.</summary>
public sealed class LedgerParticipant : IAsyncDisposable
{
    private readonly CancellationTokenSource isolated = new();
    private int disposed;

    internal LedgerParticipant(LedgerDirectory directory, ParticipantCore core)
    {
        Directory = directory;
        Core = core;
        Isolated = isolated.Token;
        core.OnIsolated = isolated.Cancel;
    }

    /// <summary>The ledger.</summary>
    public LedgerDirectory Directory { get; }

    /// <summary>Its participant id.</summary>
    public string Id => Core.ParticipantId;

    /// <summary>Its incarnation: new at every start.</summary>
    public string Incarnation => Core.Incarnation;

    /// <summary>Fires once when no heartbeat succeeded for a staleness threshold: others may be declaring this process
    /// crashed. Stop or go on; it recovers by itself.</summary>
    public CancellationToken Isolated { get; }

    internal ParticipantCore Core { get; }

    /// <summary>Creates an operation and becomes its initiator: whose death or leaving fails it, and who completes
    /// it.</summary>
    /// <exception cref="ArgumentException">It cannot be an id.</exception>
    /// <exception cref="OperationExistsException">The id is or was in use.</exception>
    public async ValueTask<Operation> CreateOperationAsync(
        string operationId, string? description = null, CancellationToken cancellationToken = default)
    {
        Identifier.Require(operationId, "operation id");
        return new Operation(this, await Core.Ledger.RunAsync(
            () => Openings.Create(Core, operationId, description), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Joins an operation.</summary>
    /// <exception cref="OperationNotFoundException">There is none of that id.</exception>
    /// <exception cref="ProposalRejectedException">It is over, or this incarnation left it.</exception>
    public async ValueTask<Operation> JoinOperationAsync(
        string operationId, CancellationToken cancellationToken = default)
    {
        Identifier.Require(operationId, "operation id");
        return new Operation(this, await Core.Ledger.RunAsync(
            () => Openings.Join(Core, operationId), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Aborts an operation, a member of it or not. True when it was running; false when it was in cleanup
    /// already, by an abort or otherwise.</summary>
    /// <exception cref="OperationNotFoundException">There is none of that id.</exception>
    /// <exception cref="ProposalRejectedException">It is over.</exception>
    /// <exception cref="FencedException">This participant was declared crashed there.</exception>
    public async ValueTask<bool> AbortAsync(
        string operationId, string? reason = null, CancellationToken cancellationToken = default)
    {
        Identifier.Require(operationId, "operation id");
        return await Core.Ledger.RunAsync(() => Abort(operationId, reason), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Joins a group, which is made if there is none of that id. Where this participant is in it already, the same
    /// handle is returned.</summary>
    /// <param name="groupId">Its id; null: <see cref="LedgerGroup.DefaultId"/>.</param>
    /// <param name="options">How to join.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ArgumentException">It cannot be an id, or an option is out of its range.</exception>
    /// <exception cref="GroupRejectedException">The invitation is not accepted, this incarnation left, or the group is
    /// full.</exception>
    /// <exception cref="LedgerStorageException">The directory could not be read or written. Where the message says that the outcome
    /// is unknown, this incarnation may turn out to be a member. It then acts as one, with these options, until the participant stops,
    /// and barriers wait for it: join again for the handle.</exception>
    public async Task<LedgerGroup> JoinGroupAsync(
        string? groupId = null, GroupOptions? options = null, CancellationToken cancellationToken = default)
    {
        var id = Identifier.Require(groupId ?? LedgerGroup.DefaultId, "group id");
        options ??= new GroupOptions();
        options.Validate();
        return await EnterAsync(() => GroupOpenings.Join(this, id, options), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a group without becoming a member: to read it, send commands, invite and stop.</summary>
    /// <exception cref="GroupNotFoundException">There is none of that id.</exception>
    public Task<LedgerGroup> VisitGroupAsync(string groupId, CancellationToken cancellationToken = default)
    {
        Identifier.Require(groupId, "group id");
        return EnterAsync(() => GroupOpenings.Visit(this, groupId), cancellationToken);
    }

    /// <summary>Registers a supervisor: it is told of the calls that name it, in all operations, and cleans them up after a
    /// crash. Unregistered when disposed of.</summary>
    /// <exception cref="ArgumentException">It cannot be an id, or an option is out of its range.</exception>
    public async Task<IDisposable> RegisterSupervisorAsync(
        string supervisorId, ISupervisor supervisor, SupervisorOptions? options = null)
    {
        Identifier.Require(supervisorId, "supervisor id");
        ArgumentNullException.ThrowIfNull(supervisor);
        options ??= new SupervisorOptions();
        options.Validate();
        await Core.Supervisors.RegisterAsync(supervisorId, supervisor, options).ConfigureAwait(false);
        return new Unregistration(this, supervisorId);
    }

    /// <summary>Ends operations that nobody alive takes part in, cleans what they left behind on this host, archives, prunes,
    /// and sweeps what dead processes left in the directory. Where the kernel cannot say whether members are alive it
    /// observes them for a staleness threshold and two intervals. What cannot be done is reported, not thrown.</summary>
    /// <param name="tell">Told what takes long, and why. Default: nobody.</param>
    /// <param name="cancellationToken">Gives up; what was done stays done.</param>
    /// <exception cref="LedgerStorageException">The directory cannot be listed or written to.</exception>
    public Task<CollectReport> CollectAsync(Action<string>? tell = null, CancellationToken cancellationToken = default) =>
        new Collector(Core, tell ?? (static _ => { })).RunAsync(cancellationToken);

    /// <summary>Announces to others that this process may be silent for a while on purpose, as when it is stopped from a
    /// terminal: it is suspect then, not crashed. A group that it orchestrates it hands over first, if somebody else there may
    /// orchestrate.</summary>
    public void AnnouncePause(TimeSpan tolerance)
    {
        Core.Heartbeat.Announce(true, tolerance);
        foreach (var group in Core.Groups.All) group.Pause();
    }

    /// <summary>Takes the announcement back.</summary>
    public void AnnounceResume()
    {
        Core.Heartbeat.Announce(false, Core.Ledger.Options.PauseTolerance);
        foreach (var group in Core.Groups.All) group.Resume();
    }

    /// <summary>Completes when the work under way is done: no call of this participant is open, and what it began and had a
    /// call open in does not run any more. Otherwise who waits, to leave then, would fail an operation between the end of
    /// its last call and its completion. Operations in which it has no call open meanwhile are not waited for.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task WaitForOpenCallsAsync(CancellationToken cancellationToken = default)
    {
        var begun = new HashSet<OperationRuntime>();
        while (true)
        {
            var changes = Core.Operations.Select(o => (Operation: o, Changed: o.Pulse.Next)).ToList();
            begun.UnionWith(changes.Select(c => c.Operation).Where(o => o.Calls.Count > 0 && o.IsOwnToComplete));
            var open = changes.Where(c => c.Operation.Calls.Count > 0
                || (begun.Contains(c.Operation) && c.Operation.IsOwnToComplete)).Select(c => c.Changed).ToList();
            if (open.Count == 0) return;
            await Task.WhenAny(open).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Leaves every group and operation, failing the calls that are still open, and stops beating. Then nothing of
    /// it touches the ledger's files any more, unless a file call hangs for more than two seconds.</summary>
    public ValueTask DisposeAsync() => StopAsync("its participant stopped", CancellationToken.None);

    /// <summary>As <see cref="DisposeAsync"/>, with the reason that calls still open fail with. Where one group or operation
    /// cannot be left in good order, the others are all the same; then what failed is thrown.</summary>
    /// <exception cref="LedgerException">Some could not be left; the others will see this incarnation dead there. Of several it
    /// has all as an inner <see cref="AggregateException"/>.</exception>
    public async ValueTask StopAsync(string reason, CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;
        var partings = new Partings();
        try
        {
            foreach (var group in Core.Groups.All)
                await partings.TryAsync(() => GroupLeaving.LeaveAsync(group, reason, cancellationToken)).ConfigureAwait(false);
            foreach (var operation in Core.Operations)
                await partings.TryAsync(() => Leaving.LeaveAsync(operation, reason, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            // Stopped in any case: what could not be left in good order the others will see dead.
            Core.Dispose();
            Core.Heartbeat.End();
            Core.Supervisors.Dispose();
            await Core.Housekeeper.FinishAsync().ConfigureAwait(false);
        }
        partings.Report();
    }

    private async Task<LedgerGroup> EnterAsync(Func<GroupRuntime> enter, CancellationToken cancellationToken)
    {
        // One at a time, so that there is one handle for each group.
        await Core.Groups.Joining.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return (await Core.Ledger.RunAsync(enter, cancellationToken).ConfigureAwait(false)).Handle;
        }
        finally
        {
            Core.Groups.Joining.Release();
        }
    }

    private bool Abort(string operationId, string? reason)
    {
        var present = Core.Find(operationId);
        var reader = present is null ? Core.Ledger.ReaderOf(Directory.OpenLog(operationId)) : null;
        using var replica = reader is null
            ? null : new Replica(reader, Core.Ledger.Clock, Core.ParticipantId, Core.Incarnation, Core.NextNumber);
        replica?.CatchUp();
        var target = replica ?? present!.Replica;
        var outcome = target.Propose(new AbortRequested(Texts.Cut(reason)))[0];
        if (outcome.Accepted) return true;
        if (Reasons.Code(outcome.Rejection!) == Reasons.Fenced) throw new FencedException(operationId, Id);
        return target.State.Status == OperationStatus.Cleanup || target.State.Aborted
            ? false
            : throw new ProposalRejectedException(operationId, "abort", outcome.Rejection!);
    }

    private sealed class Unregistration(LedgerParticipant owner, string id) : IDisposable
    {
        public void Dispose() => owner.Core.Supervisors.Unregister(id);
    }
}
