using System.Collections.Immutable;

namespace Ledger.Model.Groups;

/// <summary>A group, as the fold of its log up to <see cref="Position"/>. Immutable; equal for every participant that has
/// read as far. It is also what a segment of the log begins with.</summary>
public sealed record GroupState
{
    /// <summary>Its id.</summary>
    public required string GroupId { get; init; }

    /// <summary>Number of the present segment, from 1.</summary>
    public long Segment { get; init; } = 1;

    /// <summary>Number of entries folded in all segments.</summary>
    public long Position { get; init; }

    /// <summary>Position at which the present segment began.</summary>
    public long SegmentStart { get; init; }

    /// <summary>The segment has ended: whatever follows in it is void.</summary>
    public bool Sealed { get; init; }

    /// <summary>For people: UTC, ISO 8601.</summary>
    public required string CreatedAt { get; init; }

    /// <summary>Who orchestrates, or did last; null before the first.</summary>
    public Orchestrator? Orchestrator { get; init; }

    /// <summary>The members, and the latest of those that are gone, by incarnation.</summary>
    public ImmutableSortedDictionary<string, GroupMember> Members { get; init; } = Names<GroupMember>(StringComparer.Ordinal);

    /// <summary>Position of the departure of the last incarnation that was forgotten: who asks to join must have read as
    /// far.</summary>
    public long ForgottenTo { get; init; }

    /// <summary>The supervisors.</summary>
    public ImmutableSortedDictionary<string, SupervisorEntry> Supervisors { get; init; } =
        Names<SupervisorEntry>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Invitations: the open ones, and the latest others.</summary>
    public ImmutableSortedDictionary<string, Invitation> Invitations { get; init; } = Names<Invitation>(StringComparer.Ordinal);

    /// <summary>Commands: the open ones, and the latest others.</summary>
    public ImmutableSortedDictionary<string, GroupCommand> Commands { get; init; } = Names<GroupCommand>(StringComparer.Ordinal);

    /// <summary>Barriers: the open ones, and the latest others.</summary>
    public ImmutableSortedDictionary<string, GroupBarrier> Barriers { get; init; } = Names<GroupBarrier>(StringComparer.Ordinal);

    /// <summary>Orphaned processes that were found and ended.</summary>
    public long OrphansFound { get; init; }

    /// <summary>The term of the latest takeover; 0 before the first.</summary>
    public long Term => Orchestrator?.Term ?? 0;

    /// <summary>Incarnation of the orchestrator that is at work; null when there is none.</summary>
    public string? Acting => Orchestrator is { Status: not OrchestratorStatus.Stopped } o ? o.Incarnation : null;

    /// <summary>Whether an incarnation is a member that is not gone.</summary>
    public bool IsPresent(string? incarnation) =>
        incarnation is not null && Members.GetValueOrDefault(incarnation) is { IsPresent: true };

    private static ImmutableSortedDictionary<string, T> Names<T>(StringComparer comparer) =>
        ImmutableSortedDictionary.Create<string, T>(comparer);
}
