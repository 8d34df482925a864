using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Runtime;

/// <summary>The guarded call: work raced against what it depends on.</summary>
internal static class Guard
{
    public static async Task<T> RunAsync<T>(OperationRuntime operation, Func<CancellationToken, Task<T>> work, Call? caller,
        TimeSpan? timeout, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var activity = LedgerMetrics.Activities.StartActivity("ledger.guard");
        activity?.SetTag("ledger.operation", operation.OperationId);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var loss = LossAsync(operation, caller, watching.Token);
        var limit = timeout is { } t
            ? Task.Delay(t, operation.Ledger.Clock.Provider, watching.Token)
            : Task.Delay(Timeout.InfiniteTimeSpan, operation.Ledger.Clock.Provider, watching.Token);
        var running = work(giveUp.Token);
        try
        {
            await Task.WhenAny(running, loss, limit).ConfigureAwait(false);
            // What was produced counts, whoever finished the race at the same moment.
            if (running.IsCompletedSuccessfully) return await running.ConfigureAwait(false);
            if (loss.IsCompletedSuccessfully) throw new CalleeCrashedException(operation.OperationId, await loss.ConfigureAwait(false));
            cancellationToken.ThrowIfCancellationRequested();
            if (!running.IsCompleted) throw new TimeoutException($"The guarded work in operation '{operation.OperationId}' did not end within {timeout}.");
            return await running.ConfigureAwait(false);
        }
        finally
        {
            await watching.CancelAsync().ConfigureAwait(false);
            await giveUp.CancelAsync().ConfigureAwait(false);
            // Whatever the abandoned work still throws was answered for above.
            _ = running.ContinueWith(static r => r.Exception, CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    /// <summary>Completes with the cause once a callee of <paramref name="caller"/> crashed or failed, the caller itself was
    /// cancelled, or the operation went to cleanup; also for what happened before.</summary>
    private static async Task<Cause> LossAsync(OperationRuntime operation, Call? caller, CancellationToken cancellationToken)
    {
        var log = operation.Ledger.Logs.TryOpen(operation.OperationId)
            ?? throw new OperationNotFoundException(operation.OperationId);
        await foreach (var change in LogFollower
            .Follow(log, 0, () => operation.Pulse.Next, cancellationToken).ConfigureAwait(false))
        {
            if (!change.Outcome.Accepted) continue;
            if (change.Outcome.Transitions.Contains(OperationStatus.Cleanup)) return change.State.Cause!;
            if (caller is null) continue;
            foreach (var domain in change.Outcome.Contained)
            {
                if (domain.Position == caller.FencingToken || domain.Caller?.Position == caller.FencingToken) return domain.Cause;
            }
            if (change.Outcome.Cancelled.FirstOrDefault(f => f.Position == caller.FencingToken) is { } self) return self.Cancellation!;
        }
        // It completed: nothing will be lost any more.
        await Task.Delay(Timeout.InfiniteTimeSpan, operation.Ledger.Clock.Provider, cancellationToken).ConfigureAwait(false);
        throw new OperationCanceledException(cancellationToken);
    }
}
