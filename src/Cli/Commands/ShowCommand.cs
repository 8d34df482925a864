using System.CommandLine;
using Ledger.Cli.Shared;

namespace Ledger.Cli.Commands;

/// <summary><c>ledger show</c>: an operation's state, its stack, who is alive and why, who waits for whom.</summary>
internal static class ShowCommand
{
    private static readonly Argument<string> Operation = CommonOptions.Operation();

    private static readonly Option<TimeSpan?> Observe = Durations.Option("--observe",
        "Look for so long, to judge by heartbeats where the kernel cannot be asked. A verdict of death takes the staleness threshold.");

    public static Command Create() => new Command("show", "Show an operation: its state and call stack, who is alive and why, who waits for whom.")
        {
            Operation,
            Observe,
        }
        .Does(RunAsync)
        .WithExamples(
            "ledger show build-42",
            "ledger show build-42 --observe 6s       judge processes of other machines, too",
            "ledger show build-42 --json | jq '.stack[] | {callId, state, liveness}'");

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var id = invocation.Operation(Operation);
        var ledger = await invocation.OpenAsync(cancellationToken);
        var glance = await Glance.TakeAsync(ledger, id, invocation.Get(Observe), cancellationToken);
        var view = glance.View(invocation.Time.GetUtcNow());
        if (invocation.Json) invocation.Output.Line(glance.Json());
        else if (invocation.IsTerminal) invocation.Output.Console.Write(view.Draw());
        else foreach (var line in view.Plain()) invocation.Output.Line(line);
        return ExitCodes.Done;
    }
}
