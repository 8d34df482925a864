using Ledger.Log;
using Ledger.Rules;

namespace Ledger.Sim;

/// <summary>A fault planted on purpose, to prove that it would be noticed.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="What">What it does.</param>
/// <param name="For">Changes the options of every process of a run; given the run's seed.</param>
internal sealed record Mutation(string Name, string What, Func<ulong, Func<LedgerOptions, LedgerOptions>> For)
{
    public static Mutation OfRules(string name, string what, Func<RuleBook, RuleBook> change) =>
        new(name, what, _ => o => o with { Rules = change(o.Rules) });

    public static Mutation OfLogs(string name, string what, Func<ILogStore, ILogStore> change) =>
        new(name, what, _ => o => o with { WrapLogs = change });
}

/// <summary>All planted faults.</summary>
internal static class Mutations
{
    public static IReadOnlyList<Mutation> All { get; } =
        [.. FoldMutations.All, .. PlanMutations.All, .. DetectorMutations.All, .. LogMutations.All];

    public static Mutation? Find(string name) => All.FirstOrDefault(m => m.Name == name);
}
