<<<<<<< HEAD
=======
using System.CommandLine;
using Ledger.Cli.Run;
using Ledger.Cli.Shared;
using Ledger.Hosting.Processes;

>>>>>>> run
namespace Ledger.Cli;

internal static class Program
{
<<<<<<< HEAD
    private static Task<int> Main(string[] args) => CommandLine.RunAsync(args, Console.Out, Console.Error);
=======
    private static async Task<int> Main(string[] args)
    {
        ChildCommand.ReceiveExits();
        var root = new RootCommand("Ledger: crash coordination for processes that share nothing but a directory.")
        {
            CommonOptions.Ledger,
            RunCommand.Create(),
            ProgressCommand.Create(),
        };
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count == 0)
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }

        foreach (var error in parsed.Errors) RunMessages.Tell(error.Message);
        return ExitCodes.Usage;
    }
>>>>>>> run
}
