namespace Ledger.Model;

/// <summary>One incarnation of a participant in one operation.</summary>
/// <param name="ParticipantId">Chosen by its user; several incarnations may bear it.</param>
/// <param name="Incarnation">Unique: new at every start.</param>
/// <param name="Process">Which process it is.</param>
/// <param name="JoinedAt">Position of the entry that made it a member.</param>
public sealed record Member(string ParticipantId, string Incarnation, ProcessIdentity Process, long JoinedAt)
{
    /// <summary>Whether it takes part, left, or is fenced.</summary>
    public MemberStatus Status { get; init; } = MemberStatus.Joined;

    /// <summary>Number of its latest entry. Never decreases: an entry with a lower or equal number is a retry.</summary>
    public long LastSequence { get; init; }

    /// <summary>Position and rejection reason (null: accepted) of that entry, so that a retry can be answered.</summary>
    public (long Position, string? Rejection) LastOutcome { get; init; }

    /// <summary>Position of its latest accepted entry: evidence from before that is stale.</summary>
    public long LastAccepted { get; init; }
}

/// <summary>A supervisor's registration in one operation. Of one id only the latest counts.</summary>
/// <param name="SupervisorId">The id frames name.</param>
/// <param name="Incarnation">Who registered.</param>
/// <param name="Position">Position of the registration.</param>
/// <param name="RestartGraceMs">How long rule 4 waits for a successor after its death, in milliseconds.</param>
/// <param name="CallbackBoundMs">How long its crash callback may take, in milliseconds.</param>
public sealed record Registration(
    string SupervisorId, string Incarnation, long Position, long RestartGraceMs, long CallbackBoundMs)
{
    /// <summary>Dead by an accepted entry: it crashed, was found dead, or left.</summary>
    public bool Dead { get; init; }
}

/// <summary>A crash its supervisor has not confirmed yet. Outlives the frame, and the operation.</summary>
/// <param name="Token">Fencing position of the frame.</param>
/// <param name="CallId">Its call.</param>
/// <param name="SupervisorId">Who is to be told.</param>
/// <param name="Handle">What the supervisor knows the call by: the handle it was started with, else the call id.</param>
/// <param name="ParticipantId">Whose call it was.</param>
/// <param name="Incarnation">Which incarnation's.</param>
/// <param name="Evidence">What the crash was concluded from.</param>
/// <param name="Position">Where the crash was accepted.</param>
public sealed record CrashNotice(
    long Token, string CallId, string SupervisorId, string Handle, string ParticipantId, string Incarnation,
    EvidenceType Evidence, long Position);
