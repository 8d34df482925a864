namespace Ledger.Model.Groups;

/// <summary>One incarnation of a participant in a group.</summary>
/// <param name="ParticipantId">Chosen by its user; several incarnations may bear it.</param>
/// <param name="Incarnation">Unique: new at every start.</param>
/// <param name="Process">Which process it is.</param>
/// <param name="JoinedAt">Position of the entry that made it a member.</param>
public sealed record GroupMember(string ParticipantId, string Incarnation, ProcessIdentity Process, long JoinedAt)
{
    /// <summary>Joined, draining or left.</summary>
    public GroupMemberStatus Status { get; init; }

    /// <summary>Why it is gone; null while it is not.</summary>
    public DepartureReason? Departure { get; init; }

    /// <summary>Position of the entry by which it is gone, else 0.</summary>
    public long LeftAt { get; init; }

    /// <summary>It may become the orchestrator.</summary>
    public bool CanOrchestrate { get; init; }

    /// <summary>It may spawn processes for others.</summary>
    public bool CanSpawn { get; init; }

    /// <summary>The run of whoever started it, if anybody did.</summary>
    public string? RunId { get; init; }

    /// <inheritdoc cref="Member.LastSequence"/>
    public long LastSequence { get; init; }

    /// <inheritdoc cref="Member.LastOutcome"/>
    public (long Position, string? Rejection) LastOutcome { get; init; }

    /// <inheritdoc cref="Member.LastAccepted"/>
    public long LastAccepted { get; init; }

    /// <summary>True until it is gone.</summary>
    public bool IsPresent => Status != GroupMemberStatus.Left;
}

/// <summary>Who orchestrates, or did last.</summary>
/// <param name="Term">Counts the takeovers. Entries of another term are refused.</param>
/// <param name="Incarnation">The member.</param>
/// <param name="Status">What it is at; <see cref="OrchestratorStatus.Stopped"/> once it is gone.</param>
public sealed record Orchestrator(long Term, string Incarnation, OrchestratorStatus Status);

/// <summary>Lets one process join under a reserved participant id.</summary>
/// <param name="InviteId">Its id.</param>
/// <param name="ParticipantId">Who may join with it.</param>
/// <param name="TokenHash">The hash of the token's hash; who joins shows the token's hash.</param>
/// <param name="Inviter">Incarnation that made it.</param>
/// <param name="Position">Position of the entry that made it.</param>
public sealed record Invitation(string InviteId, string ParticipantId, string TokenHash, string Inviter, long Position)
{
    /// <summary>Open, or how it ended.</summary>
    public InvitationStatus Status { get; init; }
}
