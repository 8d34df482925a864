using Ledger.Model.Groups;

namespace Ledger.Groups;

/// <summary>One entry of a group's log, what it did, and the state after it. Rejected entries are in the stream too. Where
/// earlier entries are not kept any more, one change without <see cref="Outcome"/> tells the state from which it goes
/// on.</summary>
/// <param name="Position">Grows along the group; a stream can be taken up behind any position.</param>
/// <param name="ParticipantId">Who proposed it; empty for a state.</param>
/// <param name="Incarnation">Which incarnation; empty for a state.</param>
/// <param name="Timestamp">For people: UTC, ISO 8601; empty for a state.</param>
/// <param name="Type">What kind of entry it is, as the log spells it; <c>stateAt</c> for a state.</param>
/// <param name="Outcome">What it did; null for a state.</param>
/// <param name="State">The group after it.</param>
public sealed record GroupChange(
    long Position, string ParticipantId, string Incarnation, string Timestamp, string Type, GroupOutcome? Outcome, GroupState State)
{
    /// <summary>The type of a change that tells a state instead of an entry.</summary>
    public const string StateAt = "stateAt";

    /// <summary>The entry; null for a state.</summary>
    internal GroupEntry? Entry { get; init; }
}

/// <summary>Something that happened in a group, with its place.</summary>
/// <typeparam name="T">What.</typeparam>
/// <param name="Position">Position of the entry that brought it.</param>
/// <param name="Timestamp">That entry's time, for people.</param>
/// <param name="Event">What happened.</param>
public sealed record GroupHappening<T>(long Position, string Timestamp, T Event) where T : GroupEvent;

/// <summary>The one outcome of a command.</summary>
/// <param name="CommandId">Its id.</param>
/// <param name="Status">Done, failed, refused or expired.</param>
/// <param name="Answer">The result when done (JSON text, or null), else the reason.</param>
public sealed record CommandResult(string CommandId, CommandStatus Status, string? Answer)
{
    /// <summary>True when it was done.</summary>
    public bool IsDone => Status == CommandStatus.Done;
}

/// <summary>Lets one process join under a reserved participant id. Hand both to it on a way that others cannot read.</summary>
/// <param name="InviteId">Its id.</param>
/// <param name="Token">The secret. It is in no log and no file.</param>
public sealed record GroupInvitation(string InviteId, string Token)
{
    /// <inheritdoc/>
    public override string ToString() => $"{nameof(GroupInvitation)} {InviteId}"; // not the secret
}
