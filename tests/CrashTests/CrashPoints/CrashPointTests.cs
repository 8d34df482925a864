using Xunit.Abstractions;

namespace Ledger.CrashTests.CrashPoints;

/// <summary>A process takes every step of the protocol on real files and is killed at its system calls, one process for each
/// call; then others go on. <c>strace</c> kills right before a call takes effect, so "after" a call is "before" the
/// next. What only looks leaves the same behind as the change that comes next, so that a kill at every change covers
/// them; <c>LEDGER_CRASH_POINTS=all</c> kills at every call of every kind all the same.</summary>
public sealed class CrashPointTests(ITestOutputHelper output)
{
    /// <summary>Points of a step in the suite.</summary>
    private const int OfStep = 3;

    [StraceTheory]
    [InlineData(LogKind.Append, false)]
    [InlineData(LogKind.Append, true)]
    [InlineData(LogKind.Chain, false)]
    [InlineData(LogKind.Chain, true)]
    public Task After_a_kill_at_any_call_of_any_step_others_go_on(LogKind log, bool flush) =>
        new KillPoints("steps", log, flush)
        {
            GoOn = (ledger, acknowledged) => Successor.GoOnAsync(ledger, log, flush, acknowledged),
            Looks = true,
            OfStep = OfStep,
        }.RunAsync(output);

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
                await TracedSteps.RunAsync("steps", Path.Combine(root, "whole"), log, flush, all: false, killAt: null));
            if (flush) Assert.Empty(late);
            else Assert.NotEmpty(late);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
