using System.Collections.Immutable;

namespace Ledger.Model;

/// <summary>One call on the stack.</summary>
public sealed record Frame
{
    /// <summary>Its place in the log, and so its fencing token: grows along the operation, never reused.</summary>
    public required long Position { get; init; }

    /// <summary>Unique in its operation, for ever.</summary>
    public required string CallId { get; init; }

    /// <summary>The caller's call id, or null at the bottom.</summary>
    public string? CallerId { get; init; }

    /// <summary>The caller's position, or null at the bottom.</summary>
    public long? Caller { get; init; }

    /// <summary>Positions of all callers above it, nearest last. Fixed: ancestors that left stay in it.</summary>
    public ImmutableArray<long> Ancestors { get; init; } = [];

    /// <summary>The nearest frame, itself included, at which a crash of this one stops; null when it fails the
    /// operation. Fixed when it started, because its path is.</summary>
    public long? DomainRoot { get; init; }

    /// <summary>Whose call it is.</summary>
    public required string ParticipantId { get; init; }

    /// <summary>Which incarnation's.</summary>
    public required string Incarnation { get; init; }

    /// <summary>For people: UTC, ISO 8601.</summary>
    public required string StartTime { get; init; }

    /// <summary>Active, crashed or settled.</summary>
    public FrameStatus Status { get; init; } = FrameStatus.Active;

    /// <summary>Why the failure domain it is in was cancelled; null when it was not.</summary>
    public Cause? Cancellation { get; init; }

    /// <summary>True when its failure domain was cancelled: its owner cleans up and leaves; results are discarded.</summary>
    public bool Cancelled => Cancellation is not null;

    /// <summary>Who is told when it crashes, or null.</summary>
    public string? SupervisorId { get; init; }

    /// <summary>What that supervisor knows the call by.</summary>
    public string? SupervisorHandle { get; init; }

    /// <summary>False: a crash or failure of it, or beneath it, stops here.</summary>
    public bool FailOnCrash { get; init; } = true;

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>How long its own cleanup may take, in milliseconds.</summary>
    public long CleanupBoundMs { get; init; }

    /// <summary>Promises progress at least this often, in milliseconds; null: not watched.</summary>
    public long? WatchdogMs { get; init; }

    /// <summary>What it leaves behind if it crashes.</summary>
    public ImmutableArray<Resource> Resources { get; init; } = [];

    /// <summary>What its crash was concluded from; null while active.</summary>
    public EvidenceType? Evidence { get; init; }

    /// <summary>The supervisor incarnation whose callback for this frame overran; it counts as dead for it.</summary>
    public string? OverrunBy { get; init; }
}
