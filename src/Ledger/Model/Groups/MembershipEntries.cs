namespace Ledger.Model.Groups;

/// <summary>The proposer becomes a member.</summary>
/// <param name="Process">Which process it is.</param>
/// <param name="CanOrchestrate">It may become the orchestrator.</param>
/// <param name="CanSpawn">It may spawn processes for others.</param>
/// <param name="ReadTo">Position the proposer had read to when it first asked: a late repetition of a forgotten one is
/// refused by it.</param>
/// <param name="RunId">The run of whoever started it.</param>
/// <param name="InviteId">The invitation it comes with.</param>
/// <param name="Proof">The hash of that invitation's token.</param>
internal sealed record MemberJoined(
    ProcessIdentity Process, bool CanOrchestrate, bool CanSpawn, long ReadTo, string? RunId = null,
    string? InviteId = null, string? Proof = null) : GroupEntryData
{
    public override GroupEntryType Type => GroupEntryType.MemberJoined;
}

/// <summary>The proposer takes nothing new and will leave.</summary>
internal sealed record MemberDraining(string? Reason) : GroupEntryData
{
    public override GroupEntryType Type => GroupEntryType.MemberDraining;
}

/// <summary>The proposer leaves for good; what it ran is stopped.</summary>
internal sealed record MemberLeft(string? Reason) : GroupEntryData
{
    public override GroupEntryType Type => GroupEntryType.MemberLeft;
}

/// <summary>A member was found dead.</summary>
/// <param name="ParticipantId">Whose incarnation.</param>
/// <param name="Accused">The incarnation.</param>
/// <param name="Evidence">What it was concluded from.</param>
/// <param name="StaleForMs">For how long the proposer saw no sign of life, in milliseconds.</param>
/// <param name="ReadTo">Position the proposer had read to: a later accepted entry of the accused refutes a stale
/// heartbeat.</param>
internal sealed record MemberCrashed(
    string ParticipantId, string Accused, EvidenceType Evidence, long StaleForMs, long ReadTo) : GroupEntryData
{
    public override GroupEntryType Type => GroupEntryType.MemberCrashed;
}

/// <summary>The orchestrator puts a member out.</summary>
internal sealed record MemberRemoved(long Term, string Removed, string? Reason) : OrchestratorEntry(Term)
{
    public override GroupEntryType Type => GroupEntryType.MemberRemoved;
}

/// <summary>Reserves a participant id for who shows the token that was hashed twice.</summary>
internal sealed record Invited(string InviteId, string ParticipantId, string TokenHash) : GroupEntryData
{
    public override GroupEntryType Type => GroupEntryType.Invited;
}

/// <summary>The inviter, or the orchestrator, takes an invitation back.</summary>
internal sealed record InvitationCancelled(string InviteId) : GroupEntryData
{
    public override GroupEntryType Type => GroupEntryType.InvitationCancelled;
}

/// <summary>The inviter, or the orchestrator, found that an invitation was not used in time.</summary>
internal sealed record InvitationExpired(string InviteId) : GroupEntryData
{
    public override GroupEntryType Type => GroupEntryType.InvitationExpired;
}
