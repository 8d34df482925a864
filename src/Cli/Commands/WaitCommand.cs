using System.CommandLine;
using Ledger.Cli.Shared;
using Ledger.Log;
using Ledger.Model;

namespace Ledger.Cli.Commands;

/// <summary><c>ledger wait</c>: until an operation is where it is wanted, or cannot get there any more.</summary>
internal static class WaitCommand
{
    private static readonly Argument<string> Operation = CommonOptions.Operation();

    private static readonly Option<string> For = CreateFor();

    private static readonly Option<TimeSpan?> Timeout = Durations.Option(
        "--timeout", "Give up after so long, with exit code 124. Default: never.");

    public static Command Create() => new Command("wait", "Wait until an operation goes to cleanup, ends, or completes.")
        {
            Operation,
            For,
            Timeout,
        }
        .Does(RunAsync)
        .WithExamples(
            "ledger wait build-42 --for terminal --timeout 30s     0 only if it completed",
            "ledger wait build-42 --for completed && ./deploy",
            "ledger wait build-42 --for cleanup                    0 when something failed; 1 when it completes");

    /// <summary>The exit code a state answers with, or null: wait on.</summary>
    public static int? Answer(string awaited, OperationStatus status) => (awaited, status) switch
    {
        (_, OperationStatus.Running) => null,
        ("terminal", OperationStatus.Cleanup) => null,
        ("cleanup", OperationStatus.Completed) => ExitCodes.No,
        ("cleanup", _) => ExitCodes.Done,
        (_, OperationStatus.Completed) => ExitCodes.Done,
        _ => ExitCodes.No,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var id = invocation.Operation(Operation);
        var awaited = invocation.Get(For)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (invocation.Get(Timeout) is { } timeout) limit.CancelAfter(timeout);
        var ledger = await invocation.OpenAsync(cancellationToken);
        ledger.Read(id);
        try
        {
            await foreach (var change in ledger.StateChanges(id, 0, true, limit.Token))
            {
                if (Answer(awaited, change.State.Status) is not null) break;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var now = Print(invocation, ledger.Read(id));
            invocation.Output.Note($"'{id}' is {now.StatusText} still; gave up waiting for {awaited}.");
            return ExitCodes.TimedOut;
        }
        // It may have gone on since the entry that ended the wait.
        return Answer(awaited, Print(invocation, ledger.Read(id)).Status) ?? ExitCodes.No;
    }

    private static OperationState Print(Invocation invocation, OperationState state)
    {
        if (invocation.Json) invocation.Output.Line(Json(state));
        else invocation.Output.Line($"{state.OperationId} {Texts.OneLine(state.StatusText)}");
        return state;
    }

    /// <summary>The contract's object.</summary>
    public static string Json(OperationState state) => JsonLines.Object(w =>
    {
        w.Field("operationId", state.OperationId).Field("state", Wire.Name(state.Status));
        StateJson.WriteCause(w, state.Cause);
    });

    private static Option<string> CreateFor()
    {
        var option = new Option<string>("--for")
        {
            Description = "What to wait for. terminal: it failed or completed.",
            Required = true,
        };
        option.AcceptOnlyFromAmong("cleanup", "terminal", "completed");
        return option;
    }
}
