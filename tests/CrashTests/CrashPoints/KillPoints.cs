using System.Collections.Concurrent;

namespace Ledger.CrashTests.CrashPoints;

/// <summary>Kills runs of one mode of the program, one process and one directory for each point of a whole run, and lets
/// others go on.</summary>
/// <param name="Mode">Whose steps.</param>
/// <param name="Root">Where the ledgers lie.</param>
/// <param name="Log">The kind of their logs.</param>
/// <param name="Flush">Whether they flush before they acknowledge.</param>
/// <param name="All">Whether calls that only look are traced, too.</param>
internal sealed record KillPoints(string Mode, string Root, LogKind Log, bool Flush, bool All)
{
    /// <summary>Told the ledger's path and what the dead one had acknowledged.</summary>
    public required Func<string, IReadOnlyList<string>, Task> GoOn { get; init; }

    /// <summary>A run from the first step to the last.</summary>
    public async Task<TracedSteps> WholeAsync()
    {
        var whole = await TracedSteps.RunAsync(Mode, Path.Combine(Root, "whole"), Log, Flush, All, killAt: null);
        Assert.False(whole.WasKilled);
        Assert.Equal("leave", whole.Acknowledged[^1]);
        Assert.DoesNotContain(whole.Calls, c => c.Step.Length == 0);
        return whole;
    }

    /// <summary>All points at which it goes wrong are told.</summary>
    public async Task KillAsync(TracedSteps whole, IEnumerable<int> points)
    {
        var failures = new ConcurrentQueue<string>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        await Parallel.ForEachAsync(points, parallel, async (point, _) =>
        {
            if (await Record.ExceptionAsync(() => KillAsync(whole, point)) is { } e)
                failures.Enqueue($"Killed in step '{whole.Calls[point].Step}' before {whole.Calls[point].Text} (call {point}): {e}");
        });
        Assert.Empty(failures);
    }

    /// <summary>How many points each step has.</summary>
    public string Tell(TracedSteps whole, IReadOnlyCollection<int> points)
    {
        var steps = points.GroupBy(i => whole.Calls[i].Step).Select(g => $"{g.Key} {g.Count()}");
        return $"{Log}{(Flush ? ", flushed" : "")}: {points.Count} points of {whole.Calls.Count} calls: {string.Join(", ", steps)}";
    }

    private async Task KillAsync(TracedSteps whole, int point)
    {
        var ledger = Path.Combine(Root, $"at{point}");
        var killed = await TracedSteps.RunAsync(Mode, ledger, Log, Flush, All, whole.Calls[point]);
        Assert.True(killed.WasKilled, "the point was not reached");
        Assert.Equal(whole.Calls.Take(point + 1).Select(c => c.Text), killed.Calls.Select(c => c.Text));
        await GoOn(ledger, killed.Acknowledged);
    }
}
