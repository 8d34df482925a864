using Ledger.Hosting.Processes;

namespace Ledger.Cli;

internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        ChildCommand.ReceiveExits();
        return CommandLine.RunAsync(args, Console.Out, Console.Error);
    }
}
