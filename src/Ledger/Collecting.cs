using System.Collections.Immutable;
using Ledger.Model;

namespace Ledger;

/// <summary>What <see cref="LedgerParticipant.CollectAsync"/> did.</summary>
public sealed record CollectReport
{
    /// <summary>Operations that were not over before, and are now.</summary>
    public ImmutableArray<CollectedOperation> Ended { get; init; } = [];

    /// <summary>Operations that somebody alive still takes part in.</summary>
    public ImmutableArray<string> Alive { get; init; } = [];

    /// <summary>Operations that nobody alive takes part in and that have not ended yet, with what they wait for; the next
    /// collection goes on.</summary>
    public ImmutableArray<CollectedOperation> Unfinished { get; init; } = [];

    /// <summary>Operations moved to the backup.</summary>
    public ImmutableArray<string> Archived { get; init; } = [];

    /// <summary>Left-behind resources of finished operations that were cleaned now.</summary>
    public ImmutableArray<LeftBehind> Finished { get; init; } = [];

    /// <summary>Operations deleted from the backup, oldest first.</summary>
    public ImmutableArray<string> Pruned { get; init; } = [];

    /// <summary>Heartbeat records of processes that are gone, deleted.</summary>
    public int Records { get; init; }

    /// <summary>Temporary directories of operations that are gone, deleted.</summary>
    public int Temporaries { get; init; }

    /// <summary>Other leftovers of writers that died, deleted.</summary>
    public int Leftovers { get; init; }

    /// <summary>What could not be done, in words; none of it is lost, the next collection tries again.</summary>
    public ImmutableArray<string> Problems { get; init; } = [];
}

/// <summary>One operation in a report.</summary>
/// <param name="OperationId">Its id.</param>
/// <param name="Status">Its state afterwards.</param>
/// <param name="Cause">Why, unless it completed.</param>
public sealed record CollectedOperation(string OperationId, OperationStatus Status, Cause? Cause);
