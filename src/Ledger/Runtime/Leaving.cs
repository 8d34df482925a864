using Ledger.Model;

namespace Ledger.Runtime;

/// <summary>How a participant leaves an operation: nothing of its own stays on the stack.</summary>
internal static class Leaving
{
    /// <summary>Leaves for good. Open calls fail with <paramref name="failure"/>, or end when it is null.</summary>
    public static async Task LeaveAsync(OperationRuntime operation, string? failure, CancellationToken cancellationToken)
    {
        if (!IsMember(operation)) return;
        foreach (var call in operation.Calls) await CloseAsync(call, failure, cancellationToken).ConfigureAwait(false);
        await WaitForOwnCleanupAsync(operation, cancellationToken).ConfigureAwait(false);
        await RemoveHungAsync(operation, cancellationToken).ConfigureAwait(false);
        if (!IsMember(operation)) return;
        // What still is on the stack goes with the entry: calls of handles that were lost.
        await operation.Ledger.RunAsync(
            () => operation.Replica.Propose(new ParticipantLeft(failure is not null, Texts.Cut(failure))),
            cancellationToken).ConfigureAwait(false);
        foreach (var call in operation.Calls) call.Close();
    }

    /// <summary>Ends or fails one call, whatever became of it meanwhile.</summary>
    public static async Task CloseAsync(Call call, string? failure, CancellationToken cancellationToken)
    {
        if (call.IsClosed || call.Cancellation is not null) return;
        try
        {
            if (failure is null) await call.EndAsync(cancellationToken).ConfigureAwait(false);
            else await call.FailAsync(failure, cancellationToken).ConfigureAwait(false);
        }
        catch (ProposalRejectedException)
        {
            // It ends already, by rule 1.
        }
        catch (FencedException)
        {
            // Declared crashed: others have it.
        }
    }

    private static bool IsMember(OperationRuntime operation) =>
        !operation.State.IsTerminal && !operation.IsFenced
        && operation.State.Members.GetValueOrDefault(operation.Core.Incarnation) is { Status: MemberStatus.Joined };

    /// <summary>Calls that clean themselves are not cut off, for as long as others would wait for them.</summary>
    private static async Task WaitForOwnCleanupAsync(OperationRuntime operation, CancellationToken cancellationToken)
    {
        var busy = Ending(operation);
        if (busy.Count == 0) return;
        var boundMs = busy.Max(f => f.CleanupBoundMs) + operation.Ledger.Manifest.StalenessThresholdMs;
        using var bound = new CancellationTokenSource(TimeSpan.FromMilliseconds(boundMs), operation.Ledger.Clock.Provider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            while (true)
            {
                var changed = operation.Pulse.Next;
                if (Ending(operation).Count == 0 || !IsMember(operation)) return;
                await changed.WaitAsync(either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // They hang; leaving takes them off the stack.
        }
    }

    /// <summary>Callbacks may have begun late, as when the process was stopped: what their calls registered is deleted all the
    /// same, for nobody would do it afterwards.</summary>
    private static async Task RemoveHungAsync(OperationRuntime operation, CancellationToken cancellationToken)
    {
        if (Ending(operation).Count == 0) return;
        // Others may have taken it over meanwhile: look at the log again before touching anything.
        await operation.Ledger.RunAsync(operation.Replica.CatchUp, cancellationToken).ConfigureAwait(false);
        if (!IsMember(operation)) return;
        foreach (var frame in Ending(operation))
            await Effects.RemoveOwnAsync(operation, frame, "its participant left before its callbacks had ended").ConfigureAwait(false);
    }

    private static List<Frame> Ending(OperationRuntime operation)
    {
        var state = operation.State;
        return [.. state.Stack.Values.Where(f => f.Incarnation == operation.Core.Incarnation
            && f.Status == FrameStatus.Active && (f.Cancelled || state.Status == OperationStatus.Cleanup))];
    }
}
