using Ledger.Model;

namespace FailureNotification.Patterns;

/// <summary>Waits until the operation has ended, for a limited time.</summary>
internal static class EndInTime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // Naive: "it did not end in time, so it failed". A time limit says nothing about the operation: it may be slow and
    // well, and it may have completed while the exception was on its way.
    public static async Task<Verdict> RunAsync(Scene scene)
    {
        var work = WorkAsync(scene);
        using var limit = new CancellationTokenSource(Limit, scene.Time);
        try
        {
            var end = await scene.Operation.WaitForTerminalAsync(limit.Token);
            return end.IsCompleted ? Verdict.Answered(await work) : Verdict.Crashed(end.Cause);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            var now = await scene.Operation.ReadAsync();
            return now.Status switch
            {
                OperationStatus.Completed => Verdict.Answered(await work),
                OperationStatus.Failed => Verdict.Crashed(now.Cause),
                _ => Verdict.TimedOut($"it is {now.StatusText} still, {now.Stack.Count} calls on the stack"),
            };
        }
    }

    private static async Task<string> WorkAsync(Scene scene)
    {
        var answer = await scene.AskAsync();
        await scene.CompleteAsync();
        return answer;
    }
}
