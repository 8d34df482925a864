using System.CommandLine;
using Ledger.Cli.Shared;
using Ledger.Model;

namespace Ledger.Cli.Demo;

/// <summary><c>ledger demo</c>: a crash on real processes, narrated, in a temporary directory.</summary>
internal static class DemoCommand
{
    private static readonly Argument<string> Scenario = CreateScenario();

    private static readonly Option<bool> Keep = new("--keep")
    {
        Description = "Keep the directory, to look at it with the other commands.",
    };

    public static Command Create() => new Command("demo", "Watch real processes crash, hang and clean up, in a temporary directory.")
        {
            Scenario,
            Keep,
        }
        .Does(RunAsync)
        .WithExamples(
            "ledger demo                   a bridge between two programs is killed: both are told, all is cleaned up",
            "ledger demo bridge-hang       it hangs instead, is declared crashed, wakes up, and can change nothing",
            "ledger demo happy             nothing goes wrong",
            "ledger demo abort             somebody gives up",
            "ledger demo nested            a chain of ten processes loses the one in the middle",
            "ledger demo --keep            then: ledger --ledger PATH log demo");

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var scenario = DemoScenario.Named(invocation.Get(Scenario)!);
        var narrator = new Narrator(invocation);
        await using var stage = await DemoStage.OpenAsync(scenario, narrator, invocation.Get(Keep), cancellationToken);
        narrator.Title(scenario.Title);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(DemoScenario.Limit);
        try
        {
            var faults = await scenario.Play(stage, limit.Token);
            narrator.Result(scenario, faults, stage.Figures);
            return faults.Count == 0 ? ExitCodes.Done : ExitCodes.No;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Fail($"it was not over after {Durations.Show(DemoScenario.Limit)}");
        }
        catch (Exception e) when (e is LedgerException or IOException && !cancellationToken.IsCancellationRequested)
        {
            return Fail(e.Message);
        }

        int Fail(string fault)
        {
            narrator.Result(scenario, [fault], stage.Figures);
            return ExitCodes.No;
        }
    }

    private static Argument<string> CreateScenario()
    {
        var argument = new Argument<string>("SCENARIO")
        {
            Description = "What happens.",
            DefaultValueFactory = _ => DemoScenario.Names[0],
        };
        argument.AcceptOnlyFromAmong(DemoScenario.Names);
        return argument;
    }
}
