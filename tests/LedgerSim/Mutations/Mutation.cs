using Ledger.Groups;
using Ledger.Log;
using Ledger.Model.Groups;
using Ledger.Rules;
using Ledger.Rules.Groups;
using Ledger.Testing.Simulation;

namespace Ledger.Sim;

/// <summary>A fault planted on purpose, to prove that it would be noticed.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="What">What it does.</param>
/// <param name="For">Changes the options of every process of a run; given the run's seed.</param>
internal sealed record Mutation(string Name, string What, Func<ulong, Func<LedgerOptions, LedgerOptions>> For)
{
    /// <summary>It is about groups.</summary>
    public bool Groups { get; init; }

    /// <summary>Changes what does the groups' work with processes.</summary>
    public Func<IGroupExecutor, IGroupExecutor>? Executors { get; init; }

    /// <summary>The fold that the reference has too: nobody has another one to compare it with.</summary>
    public Func<GroupState, GroupEntry, GroupFolded>? Fold { get; init; }

    public static Mutation OfRules(string name, string what, Func<RuleBook, RuleBook> change) =>
        new(name, what, _ => o => o with { Rules = change(o.Rules) });

    public static Mutation OfGroups(string name, string what, Func<GroupRuleBook, GroupRuleBook> change) =>
        new(name, what, _ => o => o with { GroupRules = change(o.GroupRules) }) { Groups = true };

    public static Mutation OfGroupFolds(string name, string what, Func<GroupState, GroupEntry, GroupFolded> fold) =>
        OfGroups(name, what, rules => rules with { Fold = fold }) with { Fold = fold };

    public static Mutation OfExecutors(string name, string what, Func<IGroupExecutor, IGroupExecutor> change) =>
        new(name, what, _ => o => o) { Groups = true, Executors = change };

    public static Mutation OfLogs(string name, string what, Func<ILogStore, ILogStore> change) =>
        new(name, what, _ => o => o with { WrapLogs = change });
}

/// <summary>All planted faults.</summary>
internal static class Mutations
{
    public static IReadOnlyList<Mutation> All { get; } =
        [.. FoldMutations.All, .. PlanMutations.All, .. DetectorMutations.All, .. LogMutations.All, .. GroupMutations.All, .. SupervisorMutations.All,
            .. ExecutorMutations.All];

    /// <summary>Runs without a fault, or with one.</summary>
    public static Simulator Simulate(Mutation? mutation, bool groups, int steps) =>
        new(new SimulationOptions { Steps = steps, Features = groups ? Simulator.GroupFeatures : Simulator.LedgerFeatures })
        {
            With = mutation?.For,
            Executors = mutation?.Executors,
            Fold = mutation?.Fold,
        };

    public static Mutation? Find(string name) => All.FirstOrDefault(m => m.Name == name);
}
