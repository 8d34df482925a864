using Ledger;
using Ledger.Model;

namespace FailureNotification.Patterns;

/// <summary>A race of three: the answer, the stream that would tell of a crash, and a timer. The crash is contained
/// here: the operation does not go to cleanup, only the stream tells.</summary>
internal static class CallStreamOrTimer
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    // Naive: take the winner's word, and leave the losers running. Late by a moment, an answer is called a time-out, and each
    // race leaves a reader of the log and a timer behind.
    public static async Task<Verdict> RunAsync(Scene scene)
    {
        using var over = new CancellationTokenSource();
        try
        {
            var before = (await scene.Operation.ReadAsync()).Position;
            var answer = scene.AskAsync();
            var loss = LossAsync(scene.Operation, before, over.Token);
            var timer = Task.Delay(Limit, scene.Time, over.Token);
            await Task.WhenAny(answer, loss, timer);
            // Not who came first, but what there is: an answer before a crash, a crash before a time-out.
            if (answer.IsCompletedSuccessfully) return Verdict.Answered(await answer);
            if (loss.IsCompleted) return Verdict.Crashed(await loss);
            if (answer.IsCompleted) return Verdict.Answered(await answer);
            return Verdict.TimedOut($"no answer in {Limit.TotalSeconds} s");
        }
        finally
        {
            over.Cancel();
        }
    }

    /// <summary>Completes when the callee is lost, or the operation with it; never when all goes well.</summary>
    private static async Task<Cause> LossAsync(Operation operation, long before, CancellationToken cancellationToken)
    {
        await foreach (var change in operation.StateChanges(before, cancellationToken))
        {
            if (change.Outcome.Contained.FirstOrDefault(c => c.Root?.CallId == Scene.Callee) is { } contained)
                return contained.Cause;
            if (change.Outcome.Transitions.Contains(OperationStatus.Cleanup)) return change.State.Cause!;
        }
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        throw new OperationCanceledException(cancellationToken);
    }
}
