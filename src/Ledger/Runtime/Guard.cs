using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Runtime;

/// <summary>The guarded call: work raced against what it depends on.</summary>
internal static class Guard
{
    public static async Task<T> RunAsync<T>(OperationRuntime operation, Func<CancellationToken, Task<T>> work, Call? caller,
        TimeSpan? timeout, string? callee, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var activity = LedgerMetrics.TraceGuard(operation.OperationId);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var loss = LossAsync(operation, caller, callee, watching.Token);
        var limit = timeout is { } t
            ? Task.Delay(t, operation.Ledger.Clock.Provider, watching.Token)
            : Task.Delay(Timeout.InfiniteTimeSpan, operation.Ledger.Clock.Provider, watching.Token);
        Task<T>? running = null;
        try
        {
            running = work(giveUp.Token);
            await Task.WhenAny(running, loss, limit).ConfigureAwait(false);
            // What was produced counts, whoever finished the race at the same moment.
            if (running.IsCompletedSuccessfully) return await running.ConfigureAwait(false);
            if (loss.IsCompletedSuccessfully)
            {
                var (cause, position) = await loss.ConfigureAwait(false);
                // A named callee is lost once only, so who asks again is told again; and others' losses stay untold.
                if (caller is not null && callee is null) caller.ToldTo = Math.Max(caller.ToldTo, position);
                throw new CalleeCrashedException(operation.OperationId, cause);
            }
            cancellationToken.ThrowIfCancellationRequested();
            if (!running.IsCompleted && loss.IsFaulted) await loss.ConfigureAwait(false);
            if (!running.IsCompleted) throw new TimeoutException($"The guarded work in operation '{operation.OperationId}' did not end within {timeout}.");
            return await running.ConfigureAwait(false);
        }
        finally
        {
            await CancelAsync(operation, watching).ConfigureAwait(false);
            await CancelAsync(operation, giveUp).ConfigureAwait(false);
            // Whatever the abandoned work, or the watch over it, still throws was answered for above.
            Ignore(running);
            Ignore(loss);
        }
    }

    private static Task CancelAsync(OperationRuntime operation, CancellationTokenSource source)
    {
        if (operation.Ledger.Clock.IsSystem) return source.CancelAsync();
        source.Cancel(); // on the one thread that a stepped clock has
        return Task.CompletedTask;
    }

    private static void Ignore(Task? task) => _ = task?.ContinueWith(static t => t.Exception, CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>Completes with the cause once a callee of <paramref name="caller"/> crashed or failed, the caller itself was
    /// cancelled, or the operation went to cleanup; also for what happened before, unless an earlier guard of the same
    /// caller told it. With a callee named, of callees only its loss counts.</summary>
    /// <exception cref="FencedException">This participant was declared crashed.</exception>
    private static async Task<(Cause Cause, long Position)> LossAsync(OperationRuntime operation, Call? caller, string? callee, CancellationToken cancellationToken)
    {
        var toldTo = callee is null ? caller?.ToldTo ?? 0 : 0;
        var log = operation.Ledger.OpenLog(operation.OperationId);
        await foreach (var change in LogFollower
            .Follow(operation.Ledger.ReaderOf(log), 0, operation.NextChange, operation.LookAgain, cancellationToken).ConfigureAwait(false))
        {
            if (!change.Outcome.Accepted) continue;
            if (change.Entry.Data is CrashDetected { AboutFrames: false } c && c.Accused == operation.Core.Incarnation)
                throw new FencedException(operation.OperationId, c.ParticipantId);
            if (change.Outcome.Transitions.Contains(OperationStatus.Cleanup)) return (change.State.Cause!, change.Position);
            if (caller is null || change.Position <= toldTo) continue;
            foreach (var domain in change.Outcome.Contained)
            {
                var isCallee = domain.Caller?.Position == caller.FencingToken && (callee is null || domain.Root?.CallId == callee);
                if (domain.Position == caller.FencingToken || isCallee)
                    return (domain.Cause, change.Position);
            }
            if (change.Outcome.Cancelled.FirstOrDefault(f => f.Position == caller.FencingToken) is { } self)
                return (self.Cancellation!, change.Position);
        }
        // It completed: nothing will be lost any more.
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        throw new OperationCanceledException(cancellationToken);
    }
}
