using Ledger.Model;

namespace Ledger.Cli.Run;

/// <summary>Waits for something in an operation's state, with a bound.</summary>
internal static class StateWait
{
    /// <summary>True when it came; false when the time is over, or the wait was cancelled.</summary>
    public static async Task<bool> UntilAsync(
        Call call, Func<OperationState, bool> condition, TimeSpan bound, TimeProvider time, CancellationToken cancellationToken = default)
    {
        using var timer = new CancellationTokenSource(bound, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        while (true)
        {
            var changed = call.Operation.Pulse.Next;
            if (condition(call.Operation.State)) return true;
            try
            {
                await changed.WaitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }
}
