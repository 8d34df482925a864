using System.Globalization;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;
using Ledger.Tests.Rules.Exploration;
using Xunit.Abstractions;

namespace Ledger.Tests.Rules.GroupExploration;

/// <summary>Random groups under random faults. <c>LEDGER_EXPLORE_RUNS</c> sets how many (default 300),
/// <c>LEDGER_EXPLORE_SEED</c> where to begin; a failure names its seed and the fewest steps that still fail.</summary>
public sealed class GroupExplorationTests(ITestOutputHelper output)
{
    /// <summary>Within so many runs each mutant must be noticed.</summary>
    private const ulong Enough = 200;

    public static TheoryData<string> Mutants() => [.. GroupMutants.All.Keys];

    [Fact]
    public void Whatever_happens_every_property_holds_and_everything_settles()
    {
        var runs = Setting("LEDGER_EXPLORE_RUNS", 300);
        var first = Setting("LEDGER_EXPLORE_SEED", 1);
        HashSet<string> reached = [];
        for (var seed = first; seed < first + runs; seed++)
        {
            if (Fault(seed, GroupRun.Plan(seed), GroupRuleBook.Standard, false, reached) is { } fault) Assert.Fail(Report(seed, fault));
        }
        output.WriteLine(string.Join(' ', reached.Order(StringComparer.Ordinal)));
        Assert.Empty(Interesting().Except(reached));
    }

    [Theory]
    [MemberData(nameof(Mutants))]
    public void Each_faulty_rule_is_noticed(string name) => Assert.True(Noticed(GroupMutants.All[name], false, name), name);

    [Fact]
    public void An_executor_that_does_not_end_what_ran_before_is_noticed() =>
        Assert.True(Noticed(GroupRuleBook.Standard, true, "careless"));

    private bool Noticed(GroupRuleBook rules, bool careless, string name)
    {
        for (ulong seed = 1; seed <= Enough; seed++)
        {
            if (Fault(seed, GroupRun.Plan(seed), rules, careless, []) is not { } fault) continue;
            output.WriteLine($"{name}: run {seed}: {fault}");
            return true;
        }
        return false;
    }

    private static IEnumerable<string> Interesting() =>
    [
        .. new[]
        {
            GroupEntryType.MemberJoined, GroupEntryType.MemberDraining, GroupEntryType.MemberLeft, GroupEntryType.MemberCrashed,
            GroupEntryType.OrchestratorTakenOver, GroupEntryType.OrchestratorReady, GroupEntryType.OrchestratorStopped,
            GroupEntryType.SupervisorRegistered, GroupEntryType.StartReserved, GroupEntryType.StartTaken,
            GroupEntryType.SupervisorActivated, GroupEntryType.SupervisorFailed, GroupEntryType.StopRequested,
            GroupEntryType.SupervisorStopped, GroupEntryType.CommandSent, GroupEntryType.CommandTaken, GroupEntryType.CommandDone,
            GroupEntryType.CommandFailed, GroupEntryType.CommandExpired, GroupEntryType.BarrierOpened, GroupEntryType.BarrierReached,
            GroupEntryType.SegmentSealed,
        }.Select(Wire.Name),
        nameof(StartInPlace), nameof(SpawnProcess), nameof(StopProgram), nameof(ReleaseOld), nameof(TakeCommand), nameof(SweepOrphans),
        GroupReasons.StaleTerm, GroupReasons.NotOrchestrator, GroupReasons.OrchestratorAlive, GroupReasons.CommandKnown,
        GroupReasons.CommandOver, GroupReasons.StaleAttempt, Ledger.Rules.Reasons.Fenced, Ledger.Rules.Reasons.Duplicate,
        Ledger.Rules.Reasons.StaleEvidence, "running > failed", "failed > restartScheduled", "restartScheduled > starting",
        "starting > running", "starting > failed", "running > shuttingDown", "shuttingDown > stopped",
        "waitingForDependencies > starting", "restartScheduled > shuttingDown",
    ];

    private static ulong Setting(string name, ulong otherwise) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var n) ? n : otherwise;

    private static string? Fault(ulong seed, List<GroupChance> steps, GroupRuleBook rules, bool careless, HashSet<string> reached)
    {
        try
        {
            GroupRun.Play(seed, steps, rules, careless, reached);
            return null;
        }
        catch (Exception e) when (e is PropertyException or InvalidOperationException or KeyNotFoundException or NullReferenceException)
        {
            return e.Message;
        }
    }

    private static string Report(ulong seed, string fault)
    {
        var all = GroupRun.Plan(seed);
        var fewest = all;
        for (var size = fewest.Count / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= fewest.Count;)
            {
                List<GroupChance> less = [.. fewest[..at], .. fewest[(at + size)..]];
                if (Fault(seed, less, GroupRuleBook.Standard, false, []) is null) at += size;
                else fewest = less;
            }
        }
        var why = Fault(seed, fewest, GroupRuleBook.Standard, false, []);
        return $"seed {seed}: {fault}\n{fewest.Count} of {all.Count} steps suffice ({why}):\n{string.Join('\n', fewest)}";
    }
}
