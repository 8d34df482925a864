namespace Ledger.Model.Groups;

/// <summary>One entry of a group's log: who proposes what. Field by field as <see cref="Entry"/>; its nonce is that of the
/// segment.</summary>
internal sealed record GroupEntry(
    string Nonce, long Sequence, string ParticipantId, string Incarnation, string Timestamp, GroupEntryData Data)
    : ILogEntry;

/// <summary>The types of a group's entries.</summary>
internal enum GroupEntryType
{
    MemberJoined, MemberDraining, MemberLeft, MemberCrashed, MemberRemoved,
    OrchestratorTakenOver, OrchestratorReady, OrchestratorStopping, OrchestratorStopped,
    SupervisorRegistered, SupervisorUnregistered, StartReserved, StartTaken, SupervisorActivated, SupervisorFailed,
    StartTimedOut, ResourcesHeld, SupervisorGivenUp, AttemptsReset, StopRequested, SupervisorStopped, SupervisorAdopted,
    OrphansFound, Invited, InvitationCancelled, InvitationExpired,
    CommandSent, CommandTaken, CommandDone, CommandFailed, CommandRefused, CommandExpired,
    BarrierOpened, BarrierReached, SegmentSealed,
}

/// <summary>What an entry of a group proposes.</summary>
internal abstract record GroupEntryData
{
    /// <summary>Its type.</summary>
    public abstract GroupEntryType Type { get; }
}

/// <summary>An entry that only the orchestrator of the term may propose.</summary>
internal abstract record OrchestratorEntry(long Term) : GroupEntryData;

/// <summary>The segment ends here.</summary>
internal sealed record SegmentSealed(long Segment) : GroupEntryData
{
    public override GroupEntryType Type => GroupEntryType.SegmentSealed;
}
