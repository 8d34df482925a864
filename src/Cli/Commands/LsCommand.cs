using System.CommandLine;
using Ledger.Cli.Rendering;
using Ledger.Cli.Shared;

namespace Ledger.Cli.Commands;

/// <summary><c>ledger ls</c>: the operations, newest first.</summary>
internal static class LsCommand
{
    public static Command Create() => new Command("ls", "List the operations, newest first; finished ones too.")
        .Does(RunAsync)
        .WithExamples(
            "ledger ls",
            "ledger ls --json | jq -r 'select(.state == \"running\").operationId'",
            "ledger --ledger /srv/share/ledger ls");

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var ledger = await invocation.OpenAsync(cancellationToken);
        var operations = OperationTable.Sort(ledger.List((id, e) => invocation.Output.Note($"'{id}' is left out: {e.Message}")));
        if (invocation.Json)
        {
            foreach (var operation in operations) invocation.Output.Line(OperationTable.Json(operation));
        }
        else if (operations.Count == 0)
        {
            invocation.Output.Note($"no operations in {ledger.Path}");
        }
        else if (invocation.IsTerminal)
        {
            invocation.Output.Console.Write(OperationTable.Draw(operations, invocation.Time.GetUtcNow()));
        }
        else
        {
            foreach (var line in OperationTable.Plain(operations)) invocation.Output.Line(line);
        }
        return ExitCodes.Done;
    }
}
