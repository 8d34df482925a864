using System.CommandLine;
using Ledger.Groups;
using Ledger.Model;

namespace Ledger.Cli.Shared;

/// <summary>Runs a command's body and turns whatever it throws into one line and an exit code.</summary>
internal static class Actions
{
    /// <summary>What the command does; the token fires at Ctrl-C.</summary>
    public static Command Does(this Command command, Func<Invocation, CancellationToken, Task<int>> body)
    {
        command.SetAction((parsed, _) => RunAsync(new Invocation(parsed, Output.OfProcess()), body));
        return command;
    }

    public static async Task<int> RunAsync(Invocation invocation, Func<Invocation, CancellationToken, Task<int>> body)
    {
        using var interrupts = new Interrupts();
        try
        {
            return await body(invocation, interrupts.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (interrupts.Signal != 0)
        {
            return ExitCodes.Signal(interrupts.Signal);
        }
#pragma warning disable CA1031 // the last place that sees it; nobody wants a stack trace
        catch (Exception e)
#pragma warning restore CA1031
        {
            var (code, message) = Explain(e);
            invocation.Output.Note(message);
            return code;
        }
    }

    /// <summary>The exit code for an exception, and what the user is told.</summary>
    public static (int Code, string Message) Explain(Exception e) => e switch
    {
        OperationNotFoundException or GroupNotFoundException => (ExitCodes.NoSuchOperation, e.Message),
        LedgerStorageException { Path: var path } when !Directory.Exists(path) && !File.Exists(path) =>
            (ExitCodes.Storage, $"{e.Message}. 'ledger run' and 'ledger supervise' make one; --ledger PATH or {LedgerPaths.Variable} names another."),
        LedgerStorageException => (ExitCodes.Storage, e.Message),
        LedgerException => (ExitCodes.No, e.Message),
        TimeoutException => (ExitCodes.TimedOut, e.Message),
        ArgumentException => (ExitCodes.Usage, e.Message),
        IOException or UnauthorizedAccessException or PlatformNotSupportedException => (ExitCodes.Storage, e.Message),
        _ => (ExitCodes.Defect, $"unexpected {e.GetType().Name}: {e.Message}. This is a defect of the program."),
    };
}
