using Xunit.Abstractions;

namespace Ledger.CrashTests.CrashPoints;

/// <summary>A process takes every step of the protocol on real files and is killed at its system calls, one process for each
/// call; then others go on. <c>strace</c> kills right before a call takes effect, so "after" a call is "before" the
/// next. What only looks leaves the same behind as the change that comes next, so that a kill at every change covers
/// them; <c>LEDGER_CRASH_POINTS=all</c> kills at every call of every kind all the same.</summary>
public sealed class CrashPointTests(ITestOutputHelper output)
{
    private static readonly bool All = Environment.GetEnvironmentVariable("LEDGER_CRASH_POINTS") == "all";

    [StraceTheory]
    [InlineData(LogKind.Append, false)]
    [InlineData(LogKind.Append, true)]
    [InlineData(LogKind.Chain, false)]
    [InlineData(LogKind.Chain, true)]
    public async Task After_a_kill_at_any_call_of_any_step_others_go_on(LogKind log, bool flush)
    {
        var root = Directory.CreateTempSubdirectory("ledger-points-").FullName;
        try
        {
            var whole = await TracedSteps.RunAsync(Path.Combine(root, "whole"), log, flush, All, killAt: null);
            Assert.False(whole.WasKilled);
            Assert.Equal("leave", whole.Acknowledged[^1]);
            Assert.DoesNotContain(whole.Calls, c => c.Step.Length == 0);
            // With flushes, the calls without which it differs were killed at without flushes.
            var points = Enumerable.Range(0, whole.Calls.Count)
                .Where(i => All || (flush ? whole.Calls[i].Flushes : whole.Calls[i].Changes)).ToList();
            Tell(whole, points, log, flush);
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
            await Parallel.ForEachAsync(points, parallel, async (point, _) =>
                await KillAsync(Path.Combine(root, $"at{point}"), log, flush, whole, point));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>The simulated disk proves it for the chain; this is the same for the kernel's own calls, and both logs.</summary>
    [StraceTheory]
    [InlineData(LogKind.Append, true)]
    [InlineData(LogKind.Append, false)]
    [InlineData(LogKind.Chain, true)]
    [InlineData(LogKind.Chain, false)]
    public async Task Where_it_is_asked_for_contents_and_names_are_flushed_before_a_step_is_acknowledged(LogKind log, bool flush)
    {
        var root = Directory.CreateTempSubdirectory("ledger-flush-").FullName;
        try
        {
            var late = UnflushedPaths.AtAcknowledgements(
                await TracedSteps.RunAsync(Path.Combine(root, "whole"), log, flush, all: false, killAt: null));
            if (flush) Assert.Empty(late);
            else Assert.NotEmpty(late);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task KillAsync(string ledger, LogKind log, bool flush, TracedSteps whole, int point)
    {
        var call = whole.Calls[point];
        try
        {
            var killed = await TracedSteps.RunAsync(ledger, log, flush, All, call);
            Assert.True(killed.WasKilled, "the point was not reached");
            Assert.Equal(whole.Calls.Take(point + 1).Select(c => c.Text), killed.Calls.Select(c => c.Text));
            await Successor.GoOnAsync(ledger, log, flush, killed.Acknowledged);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Killed in step '{call.Step}' before {call.Text} (call {point}): {e.Message}", e);
        }
    }

    private void Tell(TracedSteps whole, List<int> points, LogKind log, bool flush)
    {
        var steps = points.GroupBy(i => whole.Calls[i].Step).Select(g => $"{g.Key} {g.Count()}");
        output.WriteLine($"{log}{(flush ? ", flushed" : "")}: {points.Count} points of {whole.Calls.Count} calls: {string.Join(", ", steps)}");
    }
}
