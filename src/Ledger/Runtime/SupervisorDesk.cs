using Ledger.Model;
using Ledger.Rules;
using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>One supervisor of this process in one operation: its callbacks one after another, in the order of the log,
/// apart from everything else.</summary>
/// <param name="operation">The operation.</param>
/// <param name="supervisorId">The id frames name.</param>
/// <param name="handler">The user's supervisor.</param>
/// <param name="options">Its bounds.</param>
/// <param name="repeatsBefore">Crashes accepted before this position may have been told to an earlier incarnation; 0: there
/// was none.</param>
internal sealed class SupervisorDesk(
    OperationRuntime operation, string supervisorId, ISupervisor handler, SupervisorOptions options, long repeatsBefore)
{
    private readonly Queue<Func<Task>> queue = new();
    private readonly HashSet<long> crashes = [];
    private bool busy;

    public string SupervisorId => supervisorId;

    /// <summary>Told when what the handler was told of could not be confirmed.</summary>
    public Action? Unconfirmed { get; init; }

    public void Started(Frame frame) => Enqueue(() =>
        CallAsync("call-started", frame.CallId, t => handler.OnCallStartedAsync(Describe(frame), t)));

    public void Ended(Frame frame) => Enqueue(() =>
        CallAsync("call-ended", frame.CallId, t => handler.OnCallEndedAsync(Describe(frame), t)));

    public void Replaced(string byParticipantId) => Enqueue(() =>
        CallAsync("replaced", supervisorId, t => handler.OnReplacedAsync(operation.OperationId, byParticipantId, t)));

    /// <summary>A crash; asking again while it is under way does nothing.</summary>
    public void Crashed(CrashNotice notice)
    {
        lock (queue)
        {
            if (!crashes.Add(notice.Token)) return;
        }
        Enqueue(() => NotifyAsync(notice));
    }

    private void Enqueue(Func<Task> work)
    {
        lock (queue)
        {
            queue.Enqueue(work);
            if (busy) return;
            busy = true;
        }
        operation.Core.Run(WorkAsync);
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            Func<Task>? next;
            lock (queue)
            {
                if (!queue.TryDequeue(out next))
                {
                    busy = false;
                    return;
                }
            }
            await next().ConfigureAwait(false);
        }
    }

    private async Task NotifyAsync(CrashNotice notice)
    {
        if (!operation.State.Unconfirmed.ContainsKey(notice.Token))
        {
            Done(notice);
            return;
        }
        var crash = new CrashedCall(
            new SupervisedCall(operation.OperationId, notice.CallId, notice.Handle, notice.ParticipantId, notice.Token),
            notice.Evidence, notice.Position < repeatsBefore, !IsCrashed(notice.Token));
        var telling = TellAsync(crash, notice);
        var thresholdMs = operation.Ledger.Manifest.StalenessThresholdMs;
        using var overrun = new CancellationTokenSource(
            options.CallbackBound + TimeSpan.FromMilliseconds(thresholdMs), operation.Ledger.Clock.Provider);
        try
        {
            await telling.WaitAsync(overrun.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (overrun.IsCancellationRequested)
        {
            // It counts as dead for this frame now: others go on without it, and so do the calls behind it. Should it end
            // after all, that is confirmed.
            Messages.CallbackOverran(operation.Ledger.Log, operation.OperationId, notice.CallId, supervisorId);
        }
    }

    /// <summary>Tells the handler and confirms it, however long that takes.</summary>
    private async Task TellAsync(CrashedCall crash, CrashNotice notice)
    {
        using var bound = new CancellationTokenSource(options.CallbackBound, operation.Ledger.Clock.Provider);
        var error = await Callbacks.RunAsync(operation, "call-crashed", notice.CallId,
            () => handler.OnCallCrashedAsync(crash, bound.Token), CancellationToken.None).ConfigureAwait(false);
        try
        {
            operation.Replica.Propose(new CrashNotified(
                notice.CallId, notice.Token, supervisorId, Texts.Cut(error), crash.Repeat, crash.AlreadyCleaned));
        }
        catch (LedgerException e)
        {
            operation.Attend();
            Unconfirmed?.Invoke();
            Messages.TriedAgain(operation.Ledger.Log, operation.OperationId, "a supervisor's entry", e.Message);
        }
        finally
        {
            Done(notice);
        }
    }

    private void Done(CrashNotice notice)
    {
        lock (queue) crashes.Remove(notice.Token);
    }

    private bool IsCrashed(long token) =>
        operation.State.Stack.GetValueOrDefault(token) is { Status: FrameStatus.Crashed };

    private async Task CallAsync(string kind, string callId, Func<CancellationToken, ValueTask> callback)
    {
        using var bound = new CancellationTokenSource(options.CallbackBound, operation.Ledger.Clock.Provider);
        await Callbacks.RunAsync(operation, kind, callId, () => callback(bound.Token), bound.Token).ConfigureAwait(false);
    }

    private SupervisedCall Describe(Frame f) =>
        new(operation.OperationId, f.CallId, f.SupervisorHandle ?? f.CallId, f.ParticipantId, f.Position);
}
