using Ledger;
using Ledger.Model;

namespace FailureNotification.Patterns;

/// <summary>Each layer has a limit of its own, longer than the one within: a try is repeated, an operation is aborted, and
/// the process leaves even if the cleanup hangs.</summary>
internal static class LayeredLimits
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OperationLimit = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan ProcessLimit = TimeSpan.FromSeconds(30);

    // Naive: one limit for all. It ends the process while the first try is still waiting, so nothing is repeated and
    // nothing cleaned up; and a crash, which is known at once, is waited for until the time is over.
    public static async Task<Verdict> RunAsync(Scene scene)
    {
        using var process = new CancellationTokenSource(ProcessLimit, scene.Time);
        using var operation = new CancellationTokenSource(OperationLimit, scene.Time);
        var tries = 0;
        try
        {
            while (true)
            {
                if (await TryAsync(scene, ++tries, operation.Token) is { } answer) return Verdict.Answered(answer);
            }
        }
        catch (CalleeCrashedException e)
        {
            return Verdict.Crashed(e.Cause);
        }
        catch (OperationCanceledException) when (operation.IsCancellationRequested)
        {
            await scene.Operation.AbortAsync($"no answer in {OperationLimit.TotalSeconds} s");
            var end = await scene.Operation.WaitForTerminalAsync(process.Token);
            return Verdict.TimedOut($"gave up in try {tries}: {Wire.Name(end.Status)}, {end.Cause}");
        }
    }

    /// <summary>One try, or null when it took too long. It is a call of its own that contains its failure: when it is given
    /// up, the ledger tells the callee to stop, and the operation goes on.</summary>
    private static async Task<string?> TryAsync(Scene scene, int number, CancellationToken cancellationToken)
    {
        try
        {
            return await scene.Operation.RunCallAsync(
                $"try-{number}",
                (call, token) => scene.Operation.GuardAsync(_ => scene.AskAsync(call), call, CallLimit, token),
                new CallOptions { CallerId = scene.Call.CallId, FailOnCrash = false },
                cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
