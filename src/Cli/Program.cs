using Ledger.Cli.Shared;
using Ledger.Hosting.Processes;

namespace Ledger.Cli;

internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        ChildCommand.ReceiveExits();
        TerminalStop.KeepSettings();
        // Console.Out would send the terminal control sequences of its own, which a wrapped command may mind.
        return CommandLine.RunAsync(args, Plain(Console.OpenStandardOutput()), Plain(Console.OpenStandardError()));
    }

    private static StreamWriter Plain(Stream stream) => new(stream) { AutoFlush = true };
}
