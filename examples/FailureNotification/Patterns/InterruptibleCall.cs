namespace FailureNotification.Patterns;

/// <summary>A call that cannot be stopped at any moment, only between its steps: it looks at a flag there.</summary>
internal static class InterruptibleCall
{
    private const int Pages = 4;
    private static readonly TimeSpan PageTime = TimeSpan.FromSeconds(1);

    // Naive: leave the loop when the flag is up, and return what there is: half a result that looks like a whole one. And
    // without the callback the call leaves the stack while its loop is still at work on the last page.
    public static async Task<Verdict> RunAsync(Scene scene)
    {
        var stopped = new TaskCompletionSource();
        scene.Call.OnCleanup(context => new ValueTask(stopped.Task.WaitAsync(context.Deadline)));
        try
        {
            var answer = scene.AskAsync();
            var printed = 0;
            while (printed < Pages && !scene.Call.CancellationToken.IsCancellationRequested)
            {
                await PrintPageAsync(scene);
                printed++;
            }
            // Not the flag says whether it is done, but the work: the flag may have come up during the last page.
            return printed < Pages
                ? Verdict.Crashed($"stopped behind page {printed} of {Pages}: {scene.Call.Cancellation}")
                : Verdict.Answered($"{printed} pages, and {await scene.Operation.GuardAsync(_ => answer, scene.Call)}");
        }
        finally
        {
            stopped.SetResult();
        }
    }

    private static Task PrintPageAsync(Scene scene) => Task.Delay(PageTime, scene.Time);
}
