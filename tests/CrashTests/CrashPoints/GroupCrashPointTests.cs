using Xunit.Abstractions;

namespace Ledger.CrashTests.CrashPoints;

/// <summary>As <see cref="CrashPointTests"/>, of a group. In the suite at a sample of the calls that change something, with
/// <c>LEDGER_CRASH_POINTS=all</c> at each of them.</summary>
public sealed class GroupCrashPointTests(ITestOutputHelper output)
{
    /// <summary>Points in the suite for each kind of log, at even distances.</summary>
    private const int Sample = 5;

    private static readonly bool All = Environment.GetEnvironmentVariable("LEDGER_CRASH_POINTS") == "all";

    [StraceTheory]
    [InlineData(LogKind.Append, false)]
    [InlineData(LogKind.Append, true)]
    [InlineData(LogKind.Chain, false)]
    [InlineData(LogKind.Chain, true)]
    public async Task After_a_kill_at_any_call_of_any_step_of_a_group_others_go_on(LogKind log, bool flush)
    {
        var root = Directory.CreateTempSubdirectory("ledger-group-points-").FullName;
        try
        {
            var kills = new KillPoints("groupsteps", root, log, flush, All: false)
            {
                GoOn = (ledger, acknowledged) => GroupSuccessor.GoOnAsync(ledger, log, flush, acknowledged),
            };
            var whole = await kills.WholeAsync();
            // What comes before the group is killed at by the tests of operations.
            var points = Enumerable.Range(0, whole.Calls.Count).Where(i => whole.Calls[i].Step != "begin")
                .Where(i => flush ? whole.Calls[i].Flushes : whole.Calls[i].Changes).ToList();
            output.WriteLine(kills.Tell(whole, points));
            if (!All) points = [.. Enumerable.Range(0, Sample).Select(i => points[((2 * i) + 1) * points.Count / (2 * Sample)])];
            await kills.KillAsync(whole, points);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [StraceTheory]
    [InlineData(LogKind.Append, true)]
    [InlineData(LogKind.Append, false)]
    [InlineData(LogKind.Chain, true)]
    public async Task Where_it_is_asked_for_segments_and_values_are_flushed_before_a_step_is_acknowledged(LogKind log, bool flush)
    {
        var root = Directory.CreateTempSubdirectory("ledger-group-flush-").FullName;
        try
        {
            var whole = await TracedSteps.RunAsync("groupsteps", Path.Combine(root, "whole"), log, flush, all: false, killAt: null);
            // What it puts there itself to be swept is flushed by nobody.
            var late = UnflushedPaths.AtAcknowledgements(whole with { Calls = [.. whole.Calls.TakeWhile(c => c.Step != "sweep")] });
            if (flush) Assert.Empty(late);
            else Assert.Contains(late, what => what.StartsWith("register: content of LEDGER/secrets/", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
