using Ledger.Model;
using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>Runs users' callbacks: bounded, outside any critical section; what they throw is recorded and goes no
/// further.</summary>
internal static class Callbacks
{
    private static readonly AsyncLocal<string?> Scope = new();

    /// <summary>The operation whose cleanup callback runs on this flow; it may not start calls there.</summary>
    public static string? CurrentOperation => Scope.Value;

    /// <summary>Runs one, and returns what went wrong, or null.</summary>
    public static async Task<string?> RunAsync(
        OperationRuntime operation, string kind, string callId, Func<ValueTask> callback, CancellationToken deadline)
    {
        try
        {
            // A callback that blocks must not get round its bound; under a stepped clock there is only one thread.
            var running = operation.Ledger.Clock.IsSystem
                ? Task.Run(() => Invoke(operation.OperationId, callback), CancellationToken.None)
                : Invoke(operation.OperationId, callback);
            await running.WaitAsync(deadline).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested)
        {
            LedgerMetrics.CallbackFailed();
            Messages.CallbackFailed(operation.Ledger.Log, operation.OperationId, kind, callId, e);
            return $"a {kind} callback overran its bound";
        }
#pragma warning disable CA1031 // whatever a user's callback throws must not reach the ledger's own loops
        catch (Exception e)
#pragma warning restore CA1031
        {
            LedgerMetrics.CallbackFailed();
            Messages.CallbackFailed(operation.Ledger.Log, operation.OperationId, kind, callId, e);
            return $"a {kind} callback threw {e.GetType().Name}: {e.Message}";
        }
    }

    private static async Task Invoke(string operationId, Func<ValueTask> callback)
    {
        Scope.Value = operationId;
        await callback().ConfigureAwait(false);
    }
}
