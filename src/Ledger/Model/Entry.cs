namespace Ledger.Model;

/// <summary>One entry of a log: who proposes what. What it does is decided by the fold.</summary>
/// <param name="Nonce">The operation's nonce; an entry of another nonce is void.</param>
/// <param name="Sequence">Counts the incarnation's entries in this log; a retry keeps its number.</param>
/// <param name="ParticipantId">Who proposes.</param>
/// <param name="Incarnation">Which incarnation.</param>
/// <param name="Timestamp">For people: UTC, ISO 8601. No decision compares it.</param>
/// <param name="Data">What is proposed.</param>
public sealed record Entry(
    string Nonce, long Sequence, string ParticipantId, string Incarnation, string Timestamp, EntryData Data) : ILogEntry;

/// <summary>The types of entries.</summary>
public enum EntryType
{
#pragma warning disable CS1591 // each is documented at its data
    OperationCreated, ParticipantJoined, ParticipantLeft, InitiatorChanged, CallStarted, CallEnded, CallFailed,
    ResourceRegistered, ResourceReleased, CrashDetected, SupervisorRegistered, SupervisorDied, CrashNotified,
    FrameCleanedUp, FrameRemoved, AbortRequested, CompleteRequested, OperationAbandoned,
#pragma warning restore CS1591
}
