using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Cli.Run;

/// <summary>What a run does when its call is over: waits for what is still its own, completes the operation it created, and
/// leaves. Every wait has a bound, and a signal ends it.</summary>
internal sealed class RunEnding(
    RunRequest request, LedgerParticipant participant, Operation operation, Call call, bool isCreator, PassedSignals signals,
    TimeProvider time) : IDisposable
{
    /// <summary>Before it says whom it waits for: most waits are shorter.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource interrupted = new();

    /// <summary>Returns the exit code, which is not the one given if the operation did not complete.</summary>
    public async Task<int> RunAsync(int code)
    {
        signals.PassTo(_ => interrupted.Cancel());
        try
        {
            await WaitForOwnFrameAsync().ConfigureAwait(false);
            var hasCompleted = isCreator && await CompleteAsync().ConfigureAwait(false);
            await WaitForCleanupAsync().ConfigureAwait(false);
            // Nobody may be left who would do it later.
            participant.Core.Publisher.Publish(participant.Core.Operations, participant.Core.Ledger.Clock.NowMs, isDue: false);
            await LeaveAsync().ConfigureAwait(false);
            return code == 0 && isCreator && !hasCompleted ? RunExitCodes.Ended : code;
        }
        catch (LedgerException e)
        {
            RunMessages.Tell(e.Message);
            return code == 0 ? RunExitCodes.Ended : code;
        }
        finally
        {
            // A late signal finds nothing to interrupt.
            signals.PassTo(static _ => { });
        }
    }

    public void Dispose() => interrupted.Dispose();

    private TimeSpan Threshold => TimeSpan.FromMilliseconds(participant.Directory.Manifest.StalenessThresholdMs);

    private async Task WaitForOwnFrameAsync() =>
        await StateWait.UntilAsync(
            call, HasLeft, request.CleanupBound + Threshold, time, interrupted.Token).ConfigureAwait(false);

    private bool HasLeft(OperationState state) =>
        state.Stack.GetValueOrDefault(call.FencingToken) is not { Status: FrameStatus.Active };

    /// <summary>True when the operation completed. A run whose own failure was contained completes it too.</summary>
    private async Task<bool> CompleteAsync()
    {
        using var limit = new CancellationTokenSource(request.CompleteTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, interrupted.Token);
        using var telling = new CancellationTokenSource();
        var told = TellWhomAsync(telling.Token);
        try
        {
            while (true)
            {
                var state = await operation.WaitForEmptyStackAsync(either.Token).ConfigureAwait(false);
                if (state.Status != OperationStatus.Running) return state.Status == OperationStatus.Completed;
                if (await TryCompleteAsync().ConfigureAwait(false) is { } completed) return completed;
            }
        }
        catch (OperationCanceledException)
        {
            var why = limit.IsCancellationRequested ? $"--complete-timeout of {request.CompleteTimeout} is over" : $"signal {signals.Last}";
            var reason = $"{why}; still on the stack: {RunMessages.Names(call.Operation.State.Stack.Values)}";
            RunMessages.Tell($"aborting: {reason}");
            await TryAbortAsync(reason).ConfigureAwait(false);
            return false;
        }
        finally
        {
            await telling.CancelAsync().ConfigureAwait(false);
            await told.ConfigureAwait(false);
        }
    }

    /// <summary>Null when a call was started in between, so that it has to wait again.</summary>
    private async Task<bool?> TryCompleteAsync()
    {
        try
        {
            await operation.CompleteAsync().ConfigureAwait(false);
            return true;
        }
        catch (ProposalRejectedException e)
        {
            return Reasons.Code(e.Rejection) == Reasons.FramesOnStack ? null : false;
        }
    }

    private async Task TryAbortAsync(string reason)
    {
        try
        {
            await operation.AbortAsync(reason).ConfigureAwait(false);
        }
        catch (ProposalRejectedException e)
        {
            RunMessages.Tell(e.Message);
        }
    }

    private async Task TellWhomAsync(CancellationToken stop)
    {
        try
        {
            await Task.Delay(Silence, time, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        RunMessages.Tell($"waiting for {RunMessages.Names(call.Operation.State.Stack.Values)}");
    }

    /// <summary>In cleanup: its creator sees it to its end; others stay until no crashed frame needs somebody to clean
    /// it.</summary>
    private async Task WaitForCleanupAsync()
    {
        var state = call.Operation.State;
        if (state.Status != OperationStatus.Cleanup || interrupted.IsCancellationRequested) return;
        var slowest = state.Stack.Values.Select(frame => frame.CleanupBoundMs).DefaultIfEmpty(0).Max();
        var bound = TimeSpan.FromMilliseconds(slowest) + (2 * Threshold);
        await StateWait.UntilAsync(call, IsDone, bound, time, interrupted.Token).ConfigureAwait(false);
    }

    private bool IsDone(OperationState state) => state.IsTerminal
        || (!isCreator && state.Stack.Values.All(frame => frame.Status != FrameStatus.Crashed));

    private async Task LeaveAsync()
    {
        using var limit = new CancellationTokenSource(Threshold, time);
        try
        {
            await operation.LeaveAsync(null, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            RunMessages.Tell("leaves while its call is still being cleaned up; others will finish it");
        }
    }
}
