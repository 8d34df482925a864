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
        if (!IsMember(operation)) return;
        // What still is on the stack goes with the entry: calls of handles that were lost.
        await operation.Ledger.RunAsync(
            () => operation.Replica.Propose(new ParticipantLeft(failure is not null, Texts.Cut(failure))),
            cancellationToken).ConfigureAwait(false);
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

    /// <summary>Calls that clean themselves are not cut off; their own bounds limit the wait.</summary>
    private static async Task WaitForOwnCleanupAsync(OperationRuntime operation, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = operation.Pulse.Next;
            var busy = operation.State.Stack.Values.Any(f => f.Incarnation == operation.Core.Incarnation
                && f.Status == FrameStatus.Active
                && (f.Cancelled || operation.State.Status == OperationStatus.Cleanup));
            if (!busy || !IsMember(operation)) return;
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
