using System.Globalization;
using Ledger.Model;
using Ledger.Rules;
using Xunit.Abstractions;

namespace Ledger.Tests.Rules.Exploration;

/// <summary>Random operations under random faults. <c>LEDGER_EXPLORE_RUNS</c> sets how many (default 3,000),
/// <c>LEDGER_EXPLORE_SEED</c> where to begin; a failure names its seed and the fewest steps that still fail.</summary>
public sealed class ExplorationTests(ITestOutputHelper output)
{
    [Fact]
    public void Whatever_happens_every_property_holds_and_every_failure_ends()
    {
        var runs = Setting("LEDGER_EXPLORE_RUNS", 3_000);
        var first = Setting("LEDGER_EXPLORE_SEED", 1);
        var longest = 0;
        HashSet<(string, int)> reached = [];
        for (var seed = first; seed < first + runs; seed++)
        {
            var steps = Run.Plan(seed);
            if (Fault(seed, steps, reached, out var rounds) is { } fault) Assert.Fail(Report(seed, steps, fault));
            longest = Math.Max(longest, rounds);
        }
        Assert.Empty(Interesting().Except(reached));
        output.WriteLine($"{runs} runs from seed {first}; the longest peace took {longest} rounds");
    }

    [Fact]
    public void A_seed_means_the_same_run_every_time()
    {
        Assert.Equal(Run.Plan(7), Run.Plan(7));
        Assert.NotEqual(Run.Plan(7), Run.Plan(8));
    }

    private static ulong Setting(string name, ulong otherwise) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var n) ? n : otherwise;

    /// <summary>What a thousand runs must have come across, or they explore too little.</summary>
    private static IEnumerable<(string, int)> Interesting() =>
    [
        .. Enum.GetValues<EntryType>().Where(t => t != EntryType.OperationCreated).Select(t => ("accepted", (int)t)),
        .. Enum.GetValues<CauseType>().Select(c => ("failed", (int)c)),
        .. new[] { EvidenceType.ProcessExited, EvidenceType.HeartbeatStale, EvidenceType.CleanupOverdue }
            .Select(e => ("accuse", (int)e)),
        .. typeof(Reasons).GetFields().Select(f => (string)f.GetRawConstantValue()!)
            .Except([Reasons.TooDeep, Reasons.LimitReached, Reasons.WrongNonce, Reasons.DiffersInCase, Reasons.NotFirst,
                Reasons.WrongEvidence])
            .Select(r => (r, 0)),
        .. new[] { EntryType.SupervisorDied, EntryType.OperationAbandoned }.Select(t => ("propose", (int)t)),
        ("clean by rule", 2), ("clean by rule", 3), ("clean by rule", 4),
        ("clean elsewhere by rule", 2), ("clean elsewhere by rule", 4),
        ("notice", 0), ("late notice", 0), ("contained", 0), ("clean own", 0), ("archive", 0),
    ];

    private static string? Fault(ulong seed, List<Chance> steps, HashSet<(string, int)> reached, out int rounds)
    {
        rounds = 0;
        try
        {
            rounds = Run.Play(seed, steps, reached);
            return null;
        }
        catch (Exception e) when (e is PropertyException or InvalidOperationException or KeyNotFoundException)
        {
            return e.Message;
        }
    }

    private static string Report(ulong seed, List<Chance> steps, string fault)
    {
        var fewest = Shrink(seed, steps);
        var why = Fault(seed, fewest, [], out _);
        return $"seed {seed}: {fault}\n{fewest.Count} of {steps.Count} steps suffice ({why}):\n{string.Join('\n', fewest)}";
    }

    /// <summary>Takes out halves, quarters, ... single steps, as long as it still fails.</summary>
    private static List<Chance> Shrink(ulong seed, List<Chance> steps)
    {
        for (var size = steps.Count / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= steps.Count;)
            {
                List<Chance> fewer = [.. steps.Take(at), .. steps.Skip(at + size)];
                if (Fault(seed, fewer, [], out _) is null) at += size;
                else steps = fewer;
            }
        }
        return steps;
    }
}
