namespace Ledger.Model.Groups;

/// <summary>Something an accepted entry did to a group.</summary>
public abstract record GroupEvent
{
    private protected GroupEvent() { }
}

/// <summary>A member joined, drains or is gone: each exactly once per incarnation.</summary>
/// <param name="ParticipantId">Who.</param>
/// <param name="Incarnation">Which incarnation.</param>
/// <param name="Status">What it is now.</param>
/// <param name="Departure">Why it is gone; null while it is not.</param>
public sealed record MembershipChanged(
    string ParticipantId, string Incarnation, GroupMemberStatus Status, DepartureReason? Departure) : GroupEvent;

/// <summary>A takeover, or another state of the orchestrator.</summary>
/// <param name="Orchestrator">As it is now.</param>
public sealed record OrchestratorChanged(Orchestrator Orchestrator) : GroupEvent;

/// <summary>A supervisor went from one state to the next; one entry may bring several such steps.</summary>
/// <param name="SupervisorId">Which.</param>
/// <param name="From">State before; null for a registration.</param>
/// <param name="To">State after; null when it was taken off the list.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record SupervisorChanged(string SupervisorId, SupervisorStatus? From, SupervisorStatus? To, string? Reason)
    : GroupEvent;

/// <summary>A command was sent, taken, or got its outcome.</summary>
/// <param name="Command">As it is now.</param>
public sealed record CommandChanged(GroupCommand Command) : GroupEvent;

/// <summary>A barrier was opened.</summary>
/// <param name="Barrier">As it was opened.</param>
public sealed record BarrierChanged(GroupBarrier Barrier) : GroupEvent;

/// <summary>All that are left have reached a barrier.</summary>
/// <param name="Barrier">As it was completed.</param>
public sealed record BarrierCompleted(GroupBarrier Barrier) : GroupEvent;

/// <summary>What somebody should hear of.</summary>
public enum AlertKind
{
    /// <summary>A supervisor's program is gone unasked, or could not be started.</summary>
    SupervisorFailed,

    /// <summary>It runs again.</summary>
    SupervisorRestarted,

    /// <summary>It will not be restarted.</summary>
    SupervisorDead,

    /// <summary>Another orchestrator took over.</summary>
    OrchestratorTakeover,

    /// <summary>A restart has to wait for something its predecessor, or a stranger, holds.</summary>
    ResourcesNotReleased,

    /// <summary>Processes of the group had no living owner, and were ended.</summary>
    OrphansFound,
}

/// <summary>An alert.</summary>
/// <param name="Kind">Of what.</param>
/// <param name="Subject">Supervisor id, or the orchestrator's participant id.</param>
/// <param name="Reason">In words.</param>
public sealed record GroupAlert(AlertKind Kind, string Subject, string? Reason) : GroupEvent;
