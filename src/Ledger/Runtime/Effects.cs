using System.Collections.Immutable;
using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Runtime;

/// <summary>What the rules ask a participant to do. Each effect may run more than once, here or elsewhere; the entry at
/// its end is accepted once.</summary>
internal static class Effects
{
    /// <summary>Rule 1: callbacks, resources, then leave.</summary>
    public static async Task CleanOwnAsync(OperationRuntime operation, Frame frame)
    {
        var call = operation.CallAt(frame.Position);
        var cause = frame.Cancellation ?? operation.State.Cause!;
        var error = call is null ? null
            : await call.CleanOnceAsync(() => RunCallbacksAsync(operation, call, frame, cause, false)).ConfigureAwait(false);
        await RemoveOwnAsync(operation, frame, error).ConfigureAwait(false);
    }

    /// <summary>Rule 1 behind the callbacks: resources, then leave.</summary>
    public static async Task RemoveOwnAsync(OperationRuntime operation, Frame frame, string? error)
    {
        var left = await CleanAsync(operation, frame).ConfigureAwait(false);
        var outcome = operation.Replica.Propose(new FrameRemoved(frame.CallId, frame.Position, Texts.Cut(error), left))[0];
        // A rejection means that it left, or was declared crashed, on another way meanwhile.
        if (outcome.Accepted) operation.CallAt(frame.Position)?.Close();
    }

    /// <summary>Rules 2 and 4: resources, then mark it cleaned.</summary>
    public static async Task CleanCrashedAsync(OperationRuntime operation, CleanCrashed step)
    {
        // Others may have been faster: look at the log again before touching anything.
        await operation.Ledger.RunAsync(operation.Replica.CatchUp, CancellationToken.None).ConfigureAwait(false);
        if (operation.State.Stack.GetValueOrDefault(step.Frame.Position) is not { Status: FrameStatus.Crashed } frame) return;
        if (Recovery.CurrentRule(operation.State, frame) != (step.Rule, step.Supervisor)) return;
        var left = await CleanAsync(operation, frame).ConfigureAwait(false);
        operation.Replica.Propose(
            new FrameCleanedUp(frame.CallId, frame.Position, step.Rule, step.Supervisor, left));
    }

    /// <summary>A fenced call's local part: its callbacks run unless they did, nothing is proposed; others clean its
    /// resources.</summary>
    public static async Task CleanLocallyAsync(OperationRuntime operation, Call call, Frame frame, Cause cause)
    {
        await call.CleanOnceAsync(() => RunCallbacksAsync(operation, call, frame, cause, true)).ConfigureAwait(false);
        call.Close();
    }

    /// <summary>Deletes a frame's resources, and says what could not be deleted.</summary>
    public static async Task<ImmutableArray<LeftBehind>> CleanAsync(OperationRuntime operation, Frame frame)
    {
        if (frame.Resources.IsEmpty) return [];
        var owner = operation.State.Members[frame.Incarnation].Process;
        return await operation.Ledger.Resources
            .CleanAsync(operation.State, frame, frame.Resources, owner, CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task<string?> RunCallbacksAsync(
        OperationRuntime operation, Call call, Frame frame, Cause cause, bool fenced)
    {
        var bound = TimeSpan.FromMilliseconds(frame.CleanupBoundMs);
        using var deadline = new CancellationTokenSource(bound, operation.Ledger.Clock.Provider);
        var context = new CleanupContext(cause, fenced, deadline.Token);
        string? error = null;
        foreach (var callback in call.Callbacks)
        {
            var problem = await Callbacks.RunAsync(operation, "cleanup", call.CallId,
                () => callback(context), deadline.Token).ConfigureAwait(false);
            error ??= problem;
        }
        return error;
    }
}
