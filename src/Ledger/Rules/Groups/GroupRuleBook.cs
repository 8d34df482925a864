using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>The pure functions a member of a group goes by. There is one set of them; tests hand in faulty ones, to prove that
/// they would be noticed.</summary>
internal sealed record GroupRuleBook
{
    public static GroupRuleBook Standard { get; } = new();

    /// <inheritdoc cref="GroupFold.Apply"/>
    public Func<GroupState, GroupEntry, GroupFolded> Fold { get; init; } = GroupFold.Apply;

    /// <inheritdoc cref="GroupPlan.For"/>
    public Func<GroupState, GroupObservation, List<GroupStep>> Plan { get; init; } = GroupPlan.For;
}
