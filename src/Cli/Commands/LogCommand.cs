using System.CommandLine;
using Ledger.Cli.Rendering;
using Ledger.Cli.Shared;

namespace Ledger.Cli.Commands;

/// <summary><c>ledger log</c>: the entries of an operation, with the outcome each one had.</summary>
internal static class LogCommand
{
    private static readonly Argument<string> Operation = CommonOptions.Operation();

    private static readonly Option<bool> Follow = new("--follow", "-f")
    {
        Description = "Go on live until the operation has failed or completed.",
    };

    public static Command Create() => new Command("log", "Print an operation's entries in order, with the outcome each one had.")
        {
            Operation,
            Follow,
        }
        .Does(RunAsync)
        .WithExamples(
            "ledger log build-42",
            "ledger log build-42 --follow",
            "ledger log build-42 --json | jq -c 'select(.outcome == \"rejected\")'");

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var id = invocation.Operation(Operation);
        var ledger = await invocation.OpenAsync(cancellationToken);
        var printer = new EventPrinter(invocation);
        await foreach (var change in ledger.StateChanges(id, 0, invocation.Get(Follow), cancellationToken)) printer.Print(change);
        // A log without an operation delivers nothing, and is none.
        if (printer.Count == 0) ledger.Read(id);
        return ExitCodes.Done;
    }
}
