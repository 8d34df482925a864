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
        return command.WithExamples(
            "ledger run --operation build-42 --create -- make all",
            "ledger run --name bridge --temp bridge.sock -- ./bridge    within another run: a call of its operation",
            "ledger run --watchdog 30s -- ./worker                      which says 'ledger progress' at least so often",
            "",
            "Exit codes: the command's own, 128+N for signal N, 75 it was stopped because its call or operation ended (or that did not",
            "complete), 125 it could not take part, 126 and 127 the command cannot be executed or found, 2 usage, 3 no usable ledger.");
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
