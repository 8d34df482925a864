using System.CommandLine;
using Ledger.Cli.Groups;
using Ledger.Cli.Shared;
using Ledger.Model;
using Ledger.Runtime;

namespace Ledger.Cli.Run;

/// <summary><c>ledger progress</c>: from inside a command, says that it is not hung.</summary>
internal static class ProgressCommand
{
    public static Command Create()
    {
        var busyFor = Durations.Option("--busy-for", "Be silent for so long from now on, where that is longer than the watchdog.");
        var command = new Command("progress", "From inside a command of 'ledger run --watchdog': I am not hung.") { busyFor };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetValue(CommonOptions.Ledger), parsed.GetValue(busyFor) ?? TimeSpan.Zero, Environment.GetEnvironmentVariable));
        return command.WithExamples(
            "ledger progress",
            "ledger progress --busy-for 10m      before a step that takes longer than the watchdog",
            "",
            "Exit codes: 0 said, 1 the call is not active any more, 2 this is no command of 'ledger run'.");
    }

    private static async Task<int> RunAsync(string? path, TimeSpan busyFor, Func<string, string?> variable)
    {
        if (variable(RunVariables.Operation) is not { Length: > 0 } operation || variable(RunVariables.Call) is not { Length: > 0 } call)
            return Fail(ExitCodes.Usage, "this is for commands that 'ledger run' started: LEDGER_OPERATION and LEDGER_CALL are not set");
        try
        {
            var ledger = await LedgerDirectory.OpenAsync(
                new LedgerOptions { Path = LedgerPaths.Resolve(path, variable), Create = false }).ConfigureAwait(false);
            var frame = ledger.Read(operation).Stack.Values.FirstOrDefault(each => each.CallId == call);
            if (frame is not { Status: FrameStatus.Active })
                return Fail(ExitCodes.No, $"call '{call}' is not active in operation '{operation}' any more");
            Progress.Report(ledger.Context, ledger.Context.Layout.Progress(operation, call), busyFor);
            return ExitCodes.Done;
        }
        catch (OperationNotFoundException e)
        {
            return Fail(ExitCodes.NoSuchOperation, e.Message);
        }
        catch (LedgerException e)
        {
            return Fail(ExitCodes.Storage, e.Message);
        }
        catch (ArgumentException e)
        {
            return Fail(ExitCodes.Usage, e.Message);
        }
    }

    private static int Fail(int code, string message)
    {
        GroupMessages.Tell("progress", message);
        return code;
    }
}
