using System.Collections.Concurrent;
using Xunit.Abstractions;

namespace Ledger.CrashTests.CrashPoints;

/// <summary>Kills runs of one mode of the program, one process and one directory for each point of a whole run, and lets
/// others go on. In the suite at some points of each step, with <c>LEDGER_CRASH_POINTS=all</c> at all of them.</summary>
/// <param name="Mode">Whose steps.</param>
/// <param name="Log">The kind of the ledgers' logs.</param>
/// <param name="Flush">Whether they flush before they acknowledge; then the points are the flushes: the calls without which
/// it differs are points without flushes.</param>
internal sealed record KillPoints(string Mode, LogKind Log, bool Flush)
{
    public static readonly bool All = Environment.GetEnvironmentVariable("LEDGER_CRASH_POINTS") == "all";

    /// <summary>Told the ledger's path and what the dead one had acknowledged.</summary>
    public required Func<string, IReadOnlyList<string>, Task> GoOn { get; init; }

    /// <summary>Whether calls that only look are points, too, when all are.</summary>
    public bool Looks { get; init; }

    /// <summary>A step at which other tests kill.</summary>
    public string? Without { get; init; }

    /// <summary>Points of a step in the suite, at even distances.</summary>
    public required int OfStep { get; init; }

    /// <summary>In the suite only steps of every second place: those of even or of odd ones.</summary>
    public int? Parity { get; init; }

    private bool AlsoLooks => All && Looks;

    /// <summary>All points at which it goes wrong are told.</summary>
    public async Task RunAsync(ITestOutputHelper output)
    {
        var root = Directory.CreateTempSubdirectory("ledger-points-").FullName;
        try
        {
            var whole = await TracedSteps.RunAsync(Mode, Path.Combine(root, "whole"), Log, Flush, AlsoLooks, killAt: null);
            Assert.False(whole.WasKilled);
            Assert.Equal("leave", whole.Acknowledged[^1]);
            Assert.DoesNotContain(whole.Calls, c => c.Step.Length == 0);
            var failures = new ConcurrentQueue<string>();
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
            await Parallel.ForEachAsync(Points(whole, output), parallel, async (point, _) =>
            {
                if (await Record.ExceptionAsync(() => KillAsync(Path.Combine(root, $"at{point}"), whole, point)) is { } e)
                    failures.Enqueue($"Killed in step '{whole.Calls[point].Step}' before {whole.Calls[point].Text} (call {point}): {e}");
            });
            Assert.True(failures.IsEmpty, string.Join('\n', failures));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private List<int> Points(TracedSteps whole, ITestOutputHelper output)
    {
        var steps = Enumerable.Range(0, whole.Calls.Count).Where(i => IsPoint(whole.Calls[i])).GroupBy(i => whole.Calls[i].Step)
            .Select(step => step.ToList()).ToList();
        output.WriteLine($"{Log}{(Flush ? ", flushed" : "")}: {steps.Sum(s => s.Count)} points of {whole.Calls.Count} calls: "
            + string.Join(", ", steps.Select(s => $"{whole.Calls[s[0]].Step} {s.Count}")));
        List<int> points =
            [.. All ? steps.SelectMany(s => s) : steps.Where((_, i) => Parity is null || i % 2 == Parity).SelectMany(Sample)];
        output.WriteLine($"{points.Count} of them");
        return points;
    }

    private bool IsPoint(TracedCall call) => call.Step != Without && (AlsoLooks || (Flush ? call.Flushes : call.Changes));

    private IEnumerable<int> Sample(List<int> step) => step.Count <= OfStep
        ? step
        : Enumerable.Range(0, OfStep).Select(i => step[((2 * i) + 1) * step.Count / (2 * OfStep)]);

    private async Task KillAsync(string ledger, TracedSteps whole, int point)
    {
        var killed = await TracedSteps.RunAsync(Mode, ledger, Log, Flush, AlsoLooks, whole.Calls[point]);
        Assert.True(killed.WasKilled, "the point was not reached");
        Assert.Equal(whole.Calls.Take(point + 1).Select(c => c.Text), killed.Calls.Select(c => c.Text));
        await GoOn(ledger, killed.Acknowledged);
    }
}
