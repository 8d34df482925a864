using System.Collections.Immutable;

namespace Ledger.Model;

/// <summary>What an entry proposes.</summary>
public abstract record EntryData
{
    private protected EntryData() { }

    /// <summary>Its type.</summary>
    public abstract EntryType Type { get; }
}

/// <summary>An entry about one frame, named by call id and fencing position, so that a late one never hits a
/// successor.</summary>
public abstract record FrameEntry(string CallId, long Token) : EntryData;

/// <summary>First entry of a log: the operation exists, its proposer is a member and the initiator.</summary>
public sealed record OperationCreated(string OperationId, int FoldVersion, ProcessIdentity Process, string? Description)
    : EntryData
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.OperationCreated;
}

/// <summary>The proposer becomes a member.</summary>
public sealed record ParticipantJoined(ProcessIdentity Process) : EntryData
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.ParticipantJoined;
}

/// <summary>The proposer leaves for good; its active frames end, or fail if <paramref name="Failed"/>; its registrations
/// end.</summary>
public sealed record ParticipantLeft(bool Failed, string? Reason) : EntryData
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.ParticipantLeft;
}

/// <summary>The initiator hands its role to another member.</summary>
public sealed record InitiatorChanged(string To) : EntryData
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.InitiatorChanged;
}

/// <summary>Pushes a frame; its fencing token is this entry's position.</summary>
public sealed record CallStarted(string CallId, long? Caller) : EntryData
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.CallStarted;

    /// <summary>The caller's call id, for people: the fold goes by <see cref="Caller"/>.</summary>
    public string? CallerId { get; init; }

    /// <inheritdoc cref="Frame.SupervisorId"/>
    public string? SupervisorId { get; init; }

    /// <inheritdoc cref="Frame.SupervisorHandle"/>
    public string? SupervisorHandle { get; init; }

    /// <inheritdoc cref="Frame.FailOnCrash"/>
    public bool FailOnCrash { get; init; } = true;

    /// <inheritdoc cref="Frame.Description"/>
    public string? Description { get; init; }

    /// <inheritdoc cref="Frame.CleanupBoundMs"/>
    public long CleanupBoundMs { get; init; }

    /// <inheritdoc cref="Frame.WatchdogMs"/>
    public long? WatchdogMs { get; init; }

    /// <inheritdoc cref="Frame.Resources"/>
    public ImmutableArray<Resource> Resources { get; init; } = [];
}

/// <summary>The call is done: its frame leaves.</summary>
public sealed record CallEnded(string CallId, long Token) : FrameEntry(CallId, Token)
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.CallEnded;

    /// <summary>What its owner could not delete.</summary>
    public ImmutableArray<LeftBehind> LeftBehind { get; init; } = [];
}

/// <summary>The call failed: its frame leaves, the failure propagates.</summary>
public sealed record CallFailed(string CallId, long Token, string? Reason) : FrameEntry(CallId, Token)
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.CallFailed;

    /// <summary>What its owner could not delete.</summary>
    public ImmutableArray<LeftBehind> LeftBehind { get; init; } = [];
}

/// <summary>Adds a resource to the proposer's frame, or replaces the one of the same key.</summary>
public sealed record ResourceRegistered(string CallId, long Token, Resource Resource) : FrameEntry(CallId, Token)
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.ResourceRegistered;
}

/// <summary>The resource is no longer the frame's.</summary>
public sealed record ResourceReleased(string CallId, long Token, string Key) : FrameEntry(CallId, Token)
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.ResourceReleased;
}

/// <summary>Accuses an incarnation, or single frames of it. Evidence about a process crashes every active frame and
/// registration of that incarnation, named or not; evidence about frames crashes the named ones only.</summary>
/// <param name="ParticipantId">Whose.</param>
/// <param name="Accused">The incarnation.</param>
/// <param name="Evidence">What it was concluded from.</param>
/// <param name="StaleForMs">For how long the proposer saw no sign of life, in milliseconds.</param>
/// <param name="ReadTo">Position the proposer had read to: a later accepted entry of the accused refutes a stale
/// heartbeat.</param>
/// <param name="CallIds">The frames the proposer knew.</param>
/// <param name="FencingTokens">Their positions.</param>
public sealed record CrashDetected(
    string ParticipantId, string Accused, EvidenceType Evidence, long StaleForMs, long ReadTo,
    ImmutableArray<string> CallIds, ImmutableArray<long> FencingTokens) : EntryData
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.CrashDetected;

    /// <summary>True when it is about single frames, not the process.</summary>
    public bool AboutFrames => Evidence is EvidenceType.WatchdogExpired or EvidenceType.CleanupOverdue;
}

/// <summary>The proposer supervises calls that name this id; replaces an earlier registration of the id.</summary>
public sealed record SupervisorRegistered(string SupervisorId, long RestartGraceMs, long CallbackBoundMs) : EntryData
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.SupervisorRegistered;
}

/// <summary>A registration's incarnation is dead; with a token: its callback for that frame overran, and it counts as dead
/// for that frame.</summary>
public sealed record SupervisorDied(
    string SupervisorId, string Incarnation, EvidenceType Evidence, long StaleForMs, long ReadTo, long? Token) : EntryData
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.SupervisorDied;
}

/// <summary>A supervisor confirms that its callback was told of a crash. The one entry a terminal operation
/// accepts.</summary>
public sealed record CrashNotified(
    string CallId, long Token, string SupervisorId, string? Error, bool Repeat, bool AlreadyCleaned)
    : FrameEntry(CallId, Token)
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.CrashNotified;
}

/// <summary>A crashed frame was cleaned under a rule (2, 3 or 4).</summary>
public sealed record FrameCleanedUp(
    string CallId, long Token, int Rule, string? SupervisorIncarnation, ImmutableArray<LeftBehind> LeftBehind)
    : FrameEntry(CallId, Token)
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.FrameCleanedUp;
}

/// <summary>A live frame asks to leave after cleaning itself (rule 1).</summary>
public sealed record FrameRemoved(string CallId, long Token, string? Error, ImmutableArray<LeftBehind> LeftBehind)
    : FrameEntry(CallId, Token)
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.FrameRemoved;
}

/// <summary>Asks that the operation goes to cleanup.</summary>
public sealed record AbortRequested(string? Reason) : EntryData
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.AbortRequested;
}

/// <summary>The initiator asks that the operation completes.</summary>
public sealed record CompleteRequested : EntryData
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.CompleteRequested;
}

/// <summary>Nobody of the members is left.</summary>
public sealed record OperationAbandoned(string? Reason) : EntryData
{
    /// <inheritdoc/>
    public override EntryType Type => EntryType.OperationAbandoned;
}
