namespace FailureNotification.Patterns;

/// <summary>Waits for an answer, but not longer than there can be one. <c>Operation.GuardAsync</c> does the same in one
/// line; this is what is within.</summary>
internal static class CallOrCleanup
{
    // Naive: whoever wins Task.WhenAny decides. An answer that came together with the cleanup is thrown away, and since
    // waiting for cleanup also ends when the operation completes, a success is reported as a crash.
    public static async Task<Verdict> RunAsync(Scene scene)
    {
        using var over = new CancellationTokenSource();
        try
        {
            var answer = scene.AskAsync();
            var cleanup = scene.Operation.WaitForCleanupAsync(over.Token);
            await Task.WhenAny(answer, cleanup);
            // What was produced counts, whoever won; and an error of the callee's own is thrown as it is.
            if (answer.IsCompletedSuccessfully || !cleanup.IsCompleted) return Verdict.Answered(await answer);
            var end = await cleanup;
            return end.IsCompleted ? Verdict.Answered(await answer) : Verdict.Crashed(end.Cause);
        }
        finally
        {
            over.Cancel();
        }
    }
}
