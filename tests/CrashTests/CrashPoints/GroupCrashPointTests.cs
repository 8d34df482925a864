using Xunit.Abstractions;

namespace Ledger.CrashTests.CrashPoints;

/// <summary>As <see cref="CrashPointTests"/>, of a group, in the suite at one point of each step: those of even places in one
/// log, those of odd places in the other.</summary>
public sealed class GroupCrashPointTests(ITestOutputHelper output)
{
    [StraceTheory]
    [InlineData(LogKind.Append, false)]
    [InlineData(LogKind.Append, true)]
    [InlineData(LogKind.Chain, false)]
    [InlineData(LogKind.Chain, true)]
    public Task After_a_kill_at_any_call_of_any_step_of_a_group_others_go_on(LogKind log, bool flush) =>
        new KillPoints("groupsteps", log, flush)
        {
            GoOn = (ledger, acknowledged) => GroupSuccessor.GoOnAsync(ledger, log, flush, acknowledged),
            Without = "begin",
            OfStep = 1,
            Parity = log == LogKind.Append ? 0 : 1,
        }.RunAsync(output);

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
