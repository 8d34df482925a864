namespace Ledger.Sim;

/// <summary>A fault planted on purpose, to prove that it would be noticed.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="What">What it does.</param>
/// <param name="For">Changes the options of every process of a run; given the run's seed.</param>
internal sealed record Mutation(string Name, string What, Func<ulong, Func<LedgerOptions, LedgerOptions>> For);

/// <summary>All planted faults.</summary>
internal static class Mutations
{
    public static IReadOnlyList<Mutation> All { get; } = [];

    public static Mutation? Find(string name) => All.FirstOrDefault(m => m.Name == name);
}
