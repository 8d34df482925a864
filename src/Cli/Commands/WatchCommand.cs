using System.CommandLine;
using Ledger.Cli.Shared;
using Ledger.Model;

namespace Ledger.Cli.Commands;

/// <summary><c>ledger watch</c>: a live view on a terminal; elsewhere one event a line.</summary>
internal static class WatchCommand
{
    private static readonly Argument<string?> Operation = CommonOptions.OptionalOperation("The operation's id. Default: all of them.");

    public static Command Create() => new Command("watch", "Watch an operation live until it has ended; or all of them.")
        {
            Operation,
        }
        .Does(RunAsync)
        .WithExamples(
            "ledger watch                  the list of operations, live, until Ctrl-C",
            "ledger watch build-42         its call stack, live, until it has ended",
            "ledger watch build-42 --json  one event a line until it has ended",
            "",
            "Exit codes: 0 it completed, 1 it failed.");

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var id = invocation.OptionalOperation(Operation);
        var ledger = await invocation.OpenAsync(cancellationToken);
        if (id is null)
        {
            if (invocation.IsTerminal) await LiveView.ListAsync(invocation, ledger, cancellationToken);
            else await new AllOperations(invocation, ledger).RunAsync(cancellationToken);
            return ExitCodes.Done;
        }
        ledger.Read(id);
        if (invocation.IsTerminal) await LiveView.OperationAsync(invocation, ledger, id, cancellationToken);
        else
        {
            var printer = new EventPrinter(invocation);
            await foreach (var change in ledger.StateChanges(id, 0, true, cancellationToken)) printer.Print(change);
        }
        return ledger.Read(id).Status == OperationStatus.Completed ? ExitCodes.Done : ExitCodes.No;
    }
}
