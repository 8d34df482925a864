using System.CommandLine;
using Ledger.Cli.Shared;
using Ledger.Log;
using Ledger.Model;

namespace Ledger.Cli.Commands;

/// <summary><c>ledger abort</c>: asks that an operation is given up and cleaned up.</summary>
internal static class AbortCommand
{
    private const string ParticipantId = "ledger-abort";

    private static readonly Argument<string> Operation = CommonOptions.Operation();

    private static readonly Option<string?> Reason = new("--reason")
    {
        Description = "Why; everybody in the operation is told.",
        HelpName = "TEXT",
    };

    public static Command Create() => new Command("abort", "Abort an operation: everybody in it cleans up, and it fails.")
        {
            Operation,
            Reason,
        }
        .Does(RunAsync)
        .WithExamples(
            "ledger abort build-42 --reason 'wrong branch'",
            "ledger abort build-42 && ledger wait build-42 --for cleanup");

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var id = invocation.Operation(Operation);
        var ledger = await invocation.OpenAsync(cancellationToken);
        // Nobody joins for an operation that is not there.
        var before = ledger.Read(id);
        if (before.IsTerminal && !before.Aborted) return TooLate(invocation, before);
        await using var participant = await ledger.JoinAsync(ParticipantId, cancellationToken);
        bool wasRunning;
        try
        {
            wasRunning = await participant.AbortAsync(id, invocation.Get(Reason), cancellationToken);
        }
        catch (ProposalRejectedException)
        {
            return TooLate(invocation, ledger.Read(id));
        }
        var state = ledger.Read(id);
        if (invocation.Json) invocation.Output.Line(Json(state, wasRunning));
        else invocation.Output.Line(wasRunning ? $"{id} aborted" : $"{id} {(state.IsTerminal ? "was aborted before" : "was in cleanup already")}: {Texts.OneLine(state.StatusText)}");
        return ExitCodes.Done;
    }

    private static int TooLate(Invocation invocation, OperationState state)
    {
        if (invocation.Json) invocation.Output.Line(Json(state, false));
        invocation.Output.Note($"too late: '{state.OperationId}' is over: {state.StatusText}.");
        return ExitCodes.No;
    }

    private static string Json(OperationState state, bool aborted) => JsonLines.Object(w =>
    {
        w.Field("operationId", state.OperationId).Field("state", Wire.Name(state.Status));
        StateJson.WriteCause(w, state.Cause);
        w.Field("aborted", aborted);
    });
}
