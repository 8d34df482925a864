using System.Collections.Immutable;

namespace Ledger.Model;

/// <summary>An operation, as the fold of its log up to <see cref="Position"/>. Immutable; equal for every participant that
/// has read as far.</summary>
public sealed record OperationState
{
    /// <summary>Its id, single-use while its history exists.</summary>
    public required string OperationId { get; init; }

    /// <summary>Random, from the first entry: tells two operations of one id apart.</summary>
    public required string Nonce { get; init; }

    /// <summary>Number of entries folded. Each entry's position is its number, from 1.</summary>
    public long Position { get; init; }

    /// <summary>For people: UTC, ISO 8601.</summary>
    public required string StartTime { get; init; }

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>Running, cleanup, failed or completed.</summary>
    public OperationStatus Status { get; init; }

    /// <summary>Whether it was aborted.</summary>
    public bool Aborted { get; init; }

    /// <summary>Why it left <see cref="OperationStatus.Running"/> other than by completing.</summary>
    public Cause? Cause { get; init; }

    /// <summary>Incarnation of the initiator.</summary>
    public required string Initiator { get; init; }

    /// <summary>Everyone who ever joined, by incarnation; in that order, which is the same in every process.</summary>
    public ImmutableSortedDictionary<string, Member> Members { get; init; } =
        ImmutableSortedDictionary.Create<string, Member>(StringComparer.Ordinal);

    /// <summary>Incarnations of those of them that take part still, in ordinal order: the ring on which they watch each other.
    /// Kept, so that whom an entry does not concern need not go through all members.</summary>
    internal ImmutableSortedSet<string> Joined { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>The call stack by fencing position, which is start order.</summary>
    public ImmutableSortedDictionary<long, Frame> Stack { get; init; } = ImmutableSortedDictionary<long, Frame>.Empty;

    /// <summary>How many frames on the stack are settled, so that the usual case, none, costs nothing.</summary>
    public int Settled { get; init; }

    /// <summary>Every call id ever used. Ids that differ only in case are the same.</summary>
    public CallIds CallIds { get; init; } = CallIds.Empty;

    /// <summary>Latest registration of each supervisor id. Ids that differ only in case are the same.</summary>
    public ImmutableSortedDictionary<string, Registration> Supervisors { get; init; } =
        ImmutableSortedDictionary.Create<string, Registration>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Crashes of supervised calls that no supervisor has confirmed, by the frame's position.</summary>
    public ImmutableSortedDictionary<long, CrashNotice> Unconfirmed { get; init; } =
        ImmutableSortedDictionary<long, CrashNotice>.Empty;

    /// <summary>What could not be cleaned.</summary>
    public ImmutableArray<LeftBehind> LeftBehind { get; init; } = [];

    /// <summary>True when failed or completed: nothing changes any more.</summary>
    public bool IsTerminal => Status is OperationStatus.Failed or OperationStatus.Completed;

    /// <summary>The initiator's participant id.</summary>
    public string InitiatorId => Members[Initiator].ParticipantId;

    /// <summary>State and cause, as a refusal names them.</summary>
    public string StatusText => Cause is null ? Wire.Name(Status) : $"{Wire.Name(Status)}: {Cause}";
}
