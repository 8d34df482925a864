using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules;
using Ledger.Rules.Groups;
using Ledger.Runtime.Groups;

namespace Ledger.Groups;

/// <summary>A group, as this participant sees it: its members, supervisors, orchestrator and commands. Thread-safe. One per
/// group and participant; disposing it leaves the group in good order.</summary>
public sealed class LedgerGroup : IAsyncDisposable
{
    /// <summary>The group of those who name none.</summary>
    public const string DefaultId = "default";

    private static readonly Dictionary<string, string> NoValues = [];

    internal LedgerGroup(LedgerParticipant participant, GroupReplica replica)
    {
        Participant = participant;
        Runtime = new GroupRuntime(participant.Core, replica, this);
    }

    /// <summary>This process.</summary>
    public LedgerParticipant Participant { get; }

    /// <summary>The group's id.</summary>
    public string GroupId => Runtime.GroupId;

    /// <summary>The group, as far as this process has read.</summary>
    public GroupState State => Runtime.State;

    /// <summary>True while this incarnation is a member.</summary>
    public bool IsMember => Runtime.IsMember;

    /// <summary>True while this incarnation is the orchestrator, as far as it has read.</summary>
    public bool IsOrchestrator => State.Acting == Participant.Incarnation;

    /// <summary>Fires when this incarnation is a member no longer: it left, was removed, or was declared crashed.</summary>
    public CancellationToken Ended => Runtime.Ended;

    internal GroupRuntime Runtime { get; }

    /// <summary>The group's entries behind a position, in order, and then live: nothing is missed or repeated.</summary>
    public IAsyncEnumerable<GroupChange> Changes(long after = 0, CancellationToken cancellationToken = default) =>
        GroupFollower.Follow(Runtime.Ledger, GroupId, after, Runtime.NextChange, Runtime.LookAgain, cancellationToken);

    /// <summary>Who joined, drains and left: each exactly once per incarnation.</summary>
    public IAsyncEnumerable<GroupHappening<MembershipChanged>> Memberships(
        long after = 0, CancellationToken cancellationToken = default) =>
        GroupFollower.Of<MembershipChanged>(Changes(after, cancellationToken), cancellationToken);

    /// <summary>What somebody should hear of.</summary>
    public IAsyncEnumerable<GroupHappening<GroupAlert>> Alerts(
        long after = 0, CancellationToken cancellationToken = default) =>
        GroupFollower.Of<GroupAlert>(Changes(after, cancellationToken), cancellationToken);

    /// <summary>Waits until the state satisfies a condition, and returns it.</summary>
    public async Task<GroupState> WaitUntilAsync(Func<GroupState, bool> condition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        while (true)
        {
            var changed = Runtime.NextChange();
            var state = State;
            if (condition(state)) return state;
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a command to the latest member of that participant id, and returns its one outcome. Works for those who
    /// are no members, too.</summary>
    /// <param name="participantId">Who is to do it.</param>
    /// <param name="name">What.</param>
    /// <param name="arguments">JSON text, or null.</param>
    /// <param name="deadline">How long it may take; 1 ms to 1 day.</param>
    /// <param name="commandId">Sent again under the same id it has one effect, and the same outcome. Default: a new one.</param>
    /// <param name="cancellationToken">Gives up waiting; the command goes on.</param>
    public async Task<CommandResult> SendAsync(string participantId, string name, string? arguments, TimeSpan deadline,
        string? commandId = null, CancellationToken cancellationToken = default)
    {
        Identifier.Require(participantId, "participant id");
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (commandId is not null) Identifier.Require(commandId, "command id");
        if (deadline < TimeSpan.FromMilliseconds(1) || deadline > TimeSpan.FromDays(1))
            throw new ArgumentException($"The deadline is {deadline}; it must be 1 ms to 1 day.", nameof(deadline));
        // Its receiver may just have joined.
        await Runtime.Ledger.RunAsync(Runtime.Replica.CatchUp, cancellationToken).ConfigureAwait(false);
        var command = new CommandSent(commandId ?? Runtime.Ledger.NewHex(20), GroupSending.Receiver(State, participantId), name, arguments,
            (long)deadline.TotalMilliseconds);
        return await GroupSending.SendAsync(Runtime, command, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes commands from now on. The handler runs after the group accepted that this process takes the command, so
    /// at most once for each; its token fires at the deadline, and when this incarnation is a member no longer. What it
    /// returns (JSON text, or null) is the result; what it throws is the reason of a failure.</summary>
    /// <param name="handler">Executes a command.</param>
    /// <param name="refuse">Asked before a command is taken up: why it is refused, or null to take it. Where it throws, that is
    /// why. Default: none is refused.</param>
    /// <returns>Dispose of it to take no more.</returns>
    /// <exception cref="InvalidOperationException">They are handled already.</exception>
    public IDisposable HandleCommands(
        Func<GroupCommand, CancellationToken, Task<string?>> handler, Func<GroupCommand, CommandRefusal?>? refuse = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Runtime.Commands.Handle(handler, refuse);
    }

    /// <summary>Announces that this member will leave: it gets no new commands and is dropped from barriers. There is no way
    /// back. Idempotent.</summary>
    public Task DrainAsync(string? reason = null, CancellationToken cancellationToken = default) =>
        GroupLeaving.DrainAsync(Runtime, reason, cancellationToken);

    /// <summary>Drains, finishes the commands it has, stops what it runs, hands the orchestration over, and leaves for good.
    /// Idempotent.</summary>
    public Task LeaveAsync(string? reason = null, CancellationToken cancellationToken = default) =>
        GroupLeaving.LeaveAsync(Runtime, reason, cancellationToken);

    /// <summary>Opens a barrier over the present members, unless it is open, reaches it, and waits until all the others have;
    /// who drains or dies is dropped.</summary>
    public async Task BarrierAsync(string barrierId, CancellationToken cancellationToken = default)
    {
        Identifier.Require(barrierId, "barrier id");
        var opened = await Runtime.TryProposeAsync(new BarrierOpened(barrierId), cancellationToken).ConfigureAwait(false);
        if (opened.Rejection is { } rejection && Reasons.Code(rejection) != GroupReasons.BarrierExists)
            throw Runtime.Refusal($"open barrier '{barrierId}'", rejection);
        await Runtime.ProposeAsync($"let this member reach barrier '{barrierId}'", new BarrierReached(barrierId), cancellationToken).ConfigureAwait(false);
        // One that is not remembered any more was completed.
        await WaitUntilAsync(s => s.Barriers.GetValueOrDefault(barrierId) is null or { CompletedAt: > 0 }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reserves a participant id for who shows the token, once, within 30 s.</summary>
    public async Task<GroupInvitation> InviteAsync(string participantId, CancellationToken cancellationToken = default)
    {
        Identifier.Require(participantId, "participant id");
        var made = new GroupInvitation(Runtime.Ledger.NewHex(20), Runtime.Ledger.NewHex(64));
        await Runtime.ProposeAsync($"invite '{participantId}'",
            new Invited(made.InviteId, participantId, Invitations.Hash(Invitations.Hash(made.Token))), cancellationToken).ConfigureAwait(false);
        return made;
    }

    /// <summary>Takes an invitation back.</summary>
    public async Task CancelInvitationAsync(string inviteId, CancellationToken cancellationToken = default) =>
        await Runtime.ProposeAsync("cancel an invitation", new InvitationCancelled(inviteId), cancellationToken).ConfigureAwait(false);

    /// <summary>Registers a supervisor at this process's place. Environment values are stored in a file that only this user
    /// can read; the log names only the variables.</summary>
    /// <param name="supervisorId">Its id.</param>
    /// <param name="settings">What it is. Of the start info, the names of environment variables are filled in.</param>
    /// <param name="environment">Values of environment variables for its program. Default: none.</param>
    /// <param name="runsItself">This process runs it, or will when it is started; otherwise a process is spawned for it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task RegisterSupervisorAsync(string supervisorId, SupervisorSettings settings,
        IReadOnlyDictionary<string, string>? environment = null, bool runsItself = true,
        CancellationToken cancellationToken = default) =>
        GroupRegistering.RegisterAsync(
            Runtime, Identifier.Require(supervisorId, "supervisor id"), settings, environment ?? NoValues, runsItself, cancellationToken);

    /// <summary>Takes an ended supervisor off the list.</summary>
    public Task UnregisterSupervisorAsync(string supervisorId, CancellationToken cancellationToken = default) =>
        GroupRegistering.UnregisterAsync(Runtime, supervisorId, cancellationToken);

    /// <summary>Activates a supervisor that this process was spawned for. Only when this returns may its program begin.</summary>
    /// <param name="supervisorId">Its id.</param>
    /// <param name="token">The one-time token this process was given.</param>
    /// <param name="program">The program, held; null when it is this process itself.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The run, which reports about it name.</returns>
    public async Task<long> ActivateAsync(
        string supervisorId, string token, ProgramIdentity? program, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        await Runtime.Ledger.RunAsync(Runtime.Replica.CatchUp, cancellationToken).ConfigureAwait(false);
        var run = State.Supervisors.GetValueOrDefault(supervisorId)?.Run ?? 0;
        await Runtime.ProposeAsync($"activate supervisor '{supervisorId}'",
            new SupervisorActivated(supervisorId, run, program, Invitations.Hash(token)), cancellationToken).ConfigureAwait(false);
        return run;
    }

    /// <summary>Tells that a start failed at a step, or that the program ended. Does nothing if that run is over
    /// already.</summary>
    public async Task ReportFailedAsync(
        string supervisorId, long run, string step, string reason, CancellationToken cancellationToken = default)
    {
        // What this process ended itself because it leaves has not failed.
        if (!Runtime.IsLeaving)
            await Runtime.ProposeSurelyAsync(new SupervisorFailed(supervisorId, run, step, reason)).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells that the program is gone, as asked. Does nothing if that run is over already.</summary>
    public Task ReportStoppedAsync(
        string supervisorId, long run, string? reason = null, CancellationToken cancellationToken = default) =>
        Runtime.ProposeSurelyAsync(new SupervisorStopped(supervisorId, run, reason)).WaitAsync(cancellationToken);

    /// <summary>Registers a supervisor of this group, which this process runs, with the ledger under the same id: it is told of
    /// the calls that name it. After its death others wait for its restart, by its next backoff and its start time-out,
    /// before they clean those calls up; its successor is told, as a repeat, what it had not confirmed.</summary>
    /// <exception cref="GroupRejectedException">There is no such supervisor.</exception>
    public Task<IDisposable> SuperviseCallsAsync(string supervisorId, ISupervisor supervisor)
    {
        var x = State.Supervisors.GetValueOrDefault(supervisorId)
            ?? throw Runtime.Refusal("supervise calls", $"{GroupReasons.UnknownSupervisor}: {supervisorId}");
        return Participant.RegisterSupervisorAsync(supervisorId, supervisor, new SupervisorOptions { RestartGrace = GroupRegistering.RestartGrace(x) });
    }

    /// <summary>Waits until all that a supervisor depends on run.</summary>
    /// <param name="supervisorId">Which.</param>
    /// <param name="tell">Told what it waits for, whenever that changes.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="DependencyDeadException">One of them will not run any more.</exception>
    public Task WaitForDependenciesAsync(
        string supervisorId, Action<IReadOnlyList<string>>? tell = null, CancellationToken cancellationToken = default) =>
        GroupRegistering.WaitForDependenciesAsync(this, supervisorId, tell, cancellationToken);

    /// <summary>Asks to stop a supervisor, and before it all that depend on it; null: all. Returns when it is asked for;
    /// <see cref="WaitUntilAsync"/> tells when it is done.</summary>
    public Task StopSupervisorAsync(string? supervisorId, CancellationToken cancellationToken = default) =>
        GroupRegistering.StopAsync(Runtime, supervisorId, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await LeaveAsync("disposed").ConfigureAwait(false);
}
