using System.CommandLine;
using Ledger.Cli.Shared;

namespace Ledger.Cli.Run;

/// <summary><c>ledger run</c>.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var command = new Command("run", "Run a command as a call of an operation: ledger run [options] -- COMMAND [ARGS...]");
        var options = new RunOptions();
        options.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(options, parsed));
        return command;
    }

    private static async Task<int> RunAsync(RunOptions options, ParseResult parsed)
    {
        RunRequest request;
        try
        {
            request = options.Read(parsed, Environment.GetEnvironmentVariable, TimeProvider.System);
        }
        catch (ArgumentException e)
        {
            RunMessages.Tell(e.Message);
            return ExitCodes.Usage;
        }

        // The library's way to end programs at a signal would cut the command's grace short.
        parsed.InvocationConfiguration.ProcessTerminationTimeout = null;
        return await new RunProgram(request, TimeProvider.System).RunAsync().ConfigureAwait(false);
    }
}
