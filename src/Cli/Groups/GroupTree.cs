using System.Collections.Immutable;
using Ledger.Model.Groups;

namespace Ledger.Cli.Groups;

/// <summary>A supervisor with those that depend on it.</summary>
internal sealed record SupervisorNode(SupervisorEntry Supervisor, ImmutableArray<SupervisorNode> Dependants)
{
    /// <summary>The supervisors of a group as a tree, in the order of their ids. One that depends on several stands below the
    /// first of them.</summary>
    public static ImmutableArray<SupervisorNode> Build(GroupState state)
    {
        var below = state.Supervisors.Values.ToLookup(x => Parent(state, x) ?? "", StringComparer.OrdinalIgnoreCase);
        return Of("");

        // There are no cycles: the group refuses them.
        ImmutableArray<SupervisorNode> Of(string id) => [.. below[id].Select(x => new SupervisorNode(x, Of(x.SupervisorId)))];
    }

    /// <summary>What it stands below.</summary>
    public static string? Parent(GroupState state, SupervisorEntry supervisor) =>
        supervisor.Settings.Dependencies.FirstOrDefault(state.Supervisors.ContainsKey);
}
