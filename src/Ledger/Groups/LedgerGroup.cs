using Ledger.Model.Groups;
using Ledger.Runtime.Groups;

namespace Ledger.Groups;

/// <summary>A group, as this participant sees it: its members, supervisors, orchestrator and commands. Thread-safe. One per
/// group and participant; disposing it leaves the group in good order.</summary>
public sealed class LedgerGroup : IAsyncDisposable
{
    /// <summary>The group of those who name none.</summary>
    public const string DefaultId = "default";

    /// <summary>How long an invitation can be used unless it says otherwise.</summary>
    public static readonly TimeSpan InvitationValidity = TimeSpan.FromSeconds(30);

    internal LedgerGroup(LedgerParticipant participant, GroupRuntime runtime)
    {
        Participant = participant;
        Runtime = runtime;
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
        throw new NotImplementedException();

    /// <summary>Who joined, drains and left: each exactly once per incarnation.</summary>
    public IAsyncEnumerable<GroupHappening<MembershipChanged>> Memberships(
        long after = 0, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>What somebody should hear of.</summary>
    public IAsyncEnumerable<GroupHappening<GroupAlert>> Alerts(
        long after = 0, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Waits until the state satisfies a condition, and returns it.</summary>
    public Task<GroupState> WaitUntilAsync(Func<GroupState, bool> condition, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Sends a command to the latest member of that participant id, and returns its one outcome. Works for those who
    /// are no members, too.</summary>
    /// <param name="participantId">Who is to do it.</param>
    /// <param name="name">What.</param>
    /// <param name="arguments">JSON text, or null.</param>
    /// <param name="deadline">How long it may take; 1 ms to 1 day.</param>
    /// <param name="commandId">Sent again under the same id it has one effect, and the same outcome. Default: a new one.</param>
    /// <param name="cancellationToken">Gives up waiting; the command goes on.</param>
    public Task<CommandResult> SendAsync(string participantId, string name, string? arguments, TimeSpan deadline,
        string? commandId = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Takes commands from now on. The handler runs after the group accepted that this process takes the command, so
    /// at most once for each; its token fires at the deadline, and when this incarnation is a member no longer. What it
    /// returns (JSON text, or null) is the result; what it throws is the reason of a failure.</summary>
    /// <returns>Dispose of it to take no more.</returns>
    public IDisposable HandleCommands(Func<GroupCommand, CancellationToken, Task<string?>> handler) =>
        throw new NotImplementedException();

    /// <summary>Announces that this member will leave: it gets no new commands and is dropped from barriers. There is no way
    /// back. Idempotent.</summary>
    public Task DrainAsync(string? reason = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Drains, finishes the commands it has, stops what it runs, hands the orchestration over, and leaves for good.
    /// Idempotent.</summary>
    public Task LeaveAsync(string? reason = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Opens a barrier over the present members, unless it is open, reaches it, and waits until all the others have;
    /// who drains or dies is dropped.</summary>
    public Task BarrierAsync(string barrierId, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Reserves a participant id for who shows the token, once.</summary>
    public Task<GroupInvitation> InviteAsync(
        string participantId, TimeSpan? validFor = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Takes an invitation back.</summary>
    public Task CancelInvitationAsync(string inviteId, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Registers a supervisor at this process's place. Environment values are stored in a file that only this user
    /// can read; the log names only the variables.</summary>
    /// <param name="supervisorId">Its id.</param>
    /// <param name="settings">What it is. Of the start info, the names of environment variables are filled in.</param>
    /// <param name="environment">Values of environment variables for its program. Default: none.</param>
    /// <param name="runsItself">This process runs it, or will when it is started; otherwise a process is spawned for it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task RegisterSupervisorAsync(string supervisorId, SupervisorSettings settings,
        IReadOnlyDictionary<string, string>? environment = null, bool runsItself = true,
        CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Takes an ended supervisor off the list.</summary>
    public Task UnregisterSupervisorAsync(string supervisorId, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Activates a supervisor that this process was spawned for. Only when this returns may its program begin.</summary>
    /// <param name="supervisorId">Its id.</param>
    /// <param name="token">The one-time token this process was given.</param>
    /// <param name="program">The program, held; null when it is this process itself.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The run, which reports about it name.</returns>
    public Task<long> ActivateAsync(
        string supervisorId, string token, ProgramIdentity? program, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Tells that a start failed at a step, or that the program ended. Does nothing if that run is over
    /// already.</summary>
    public Task ReportFailedAsync(
        string supervisorId, long run, string step, string reason, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Tells that the program is gone, as asked. Does nothing if that run is over already.</summary>
    public Task ReportStoppedAsync(
        string supervisorId, long run, string? reason = null, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Waits until all that a supervisor depends on run.</summary>
    /// <param name="supervisorId">Which.</param>
    /// <param name="tell">Told what it waits for, whenever that changes.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="DependencyDeadException">One of them will not run any more.</exception>
    public Task WaitForDependenciesAsync(
        string supervisorId, Action<IReadOnlyList<string>>? tell = null, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Asks to stop a supervisor, and before it all that depend on it; null: all. Returns when it is asked for;
    /// <see cref="WaitUntilAsync"/> tells when it is done.</summary>
    public Task StopSupervisorAsync(string? supervisorId, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await LeaveAsync("disposed").ConfigureAwait(false);
}
