using System.CommandLine;
using Ledger.Cli.Shared;
using Ledger.Hosting;

namespace Ledger.Cli.Groups;

/// <summary><c>ledger supervise</c>.</summary>
internal static class SuperviseCommand
{
    public static Command Create()
    {
        var command = new Command("supervise", "Run a command as a supervisor of a group, which restarts what fails: ledger supervise [options] -- COMMAND [ARGS...]");
        var options = new SuperviseOptions();
        options.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(options, parsed));
        return command.WithExamples(
            "ledger supervise --group shop --id db --port 5432 -- ./db",
            "ledger supervise --group shop --id web --depends db -- ./web      starts once db runs",
            "ledger group shop                                                 what runs, and what waits for what",
            "",
            "Ctrl-C stops the supervisor, and first what depends on it. Exit codes: 0 stopped, 1 dead: no restart is left, 75 the",
            "group went on without this process, 125 could not be registered, 126 and 127 the command cannot be executed or found.");
    }

    private static async Task<int> RunAsync(SuperviseOptions options, ParseResult parsed)
    {
        SuperviseRequest request;
        try
        {
            request = options.Read(parsed, Environment.GetEnvironmentVariable, OwnProgram.Words());
        }
        catch (ArgumentException e)
        {
            GroupMessages.Tell(SuperviseProgram.Verb, e.Message);
            return ExitCodes.Usage;
        }

        InvitationVariable.Forget();
        // The library's way to end programs at a signal would cut the program's grace short.
        parsed.InvocationConfiguration.ProcessTerminationTimeout = null;
        return await new SuperviseProgram(request, TimeProvider.System).RunAsync().ConfigureAwait(false);
    }
}
