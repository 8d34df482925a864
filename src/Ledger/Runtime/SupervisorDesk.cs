using Ledger.Model;
using Ledger.Rules;
using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>One supervisor of this process in one operation: its callbacks one after another, in the order of the log,
/// apart from everything else.</summary>
internal sealed class SupervisorDesk(
    OperationRuntime operation, string supervisorId, ISupervisor handler, SupervisorOptions options, bool hadPredecessor)
{
    private readonly Queue<(long Token, Func<Task> Work)> queue = new();
    private readonly HashSet<long> crashes = [];
    private bool busy;

    public string SupervisorId => supervisorId;

    public void Started(Frame frame) => Enqueue(0, () =>
        CallAsync("call-started", frame.CallId, t => handler.OnCallStartedAsync(Describe(frame), t)));

    public void Ended(Frame frame) => Enqueue(0, () =>
        CallAsync("call-ended", frame.CallId, t => handler.OnCallEndedAsync(Describe(frame), t)));

    public void Replaced(string byParticipantId) => Enqueue(0, () =>
        CallAsync("replaced", supervisorId, t => handler.OnReplacedAsync(operation.OperationId, byParticipantId, t)));

    /// <summary>A crash; asking again while it is under way does nothing.</summary>
    public void Crashed(CrashNotice notice)
    {
        lock (queue)
        {
            if (!crashes.Add(notice.Token)) return;
        }
        Enqueue(notice.Token, () => NotifyAsync(notice));
    }

    private void Enqueue(long token, Func<Task> work)
    {
        lock (queue)
        {
            queue.Enqueue((token, work));
            if (busy) return;
            busy = true;
        }
        operation.Core.Run(WorkAsync);
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            (long Token, Func<Task> Work) next;
            lock (queue)
            {
                if (!queue.TryDequeue(out next))
                {
                    busy = false;
                    return;
                }
            }
            try
            {
                await next.Work().ConfigureAwait(false);
            }
            catch (LedgerException e)
            {
                Messages.TriedAgain(operation.Ledger.Log, operation.OperationId, "a supervisor's entry", e.Message);
            }
            lock (queue) crashes.Remove(next.Token);
        }
    }

    private async Task NotifyAsync(CrashNotice notice)
    {
        if (!operation.State.Unconfirmed.ContainsKey(notice.Token)) return;
            var crash = new CrashedCall(
                new SupervisedCall(operation.OperationId, notice.CallId, notice.Handle, notice.ParticipantId, notice.Token),
                notice.Evidence, hadPredecessor, !IsCrashed(notice.Token));
            var error = await CallAsync(
                "call-crashed", notice.CallId, t => handler.OnCallCrashedAsync(crash, t)).ConfigureAwait(false);
            operation.Replica.Propose(new CrashNotified(
                notice.CallId, notice.Token, supervisorId, Texts.Cut(error), crash.Repeat, crash.AlreadyCleaned));
    }

    private bool IsCrashed(long token) =>
        operation.State.Stack.GetValueOrDefault(token) is { Status: FrameStatus.Crashed };

    private async Task<string?> CallAsync(string kind, string callId, Func<CancellationToken, ValueTask> callback)
    {
        using var bound = new CancellationTokenSource(options.CallbackBound, operation.Ledger.Clock.Provider);
        return await Callbacks.RunAsync(operation, kind, callId, () => callback(bound.Token), bound.Token).ConfigureAwait(false);
    }

    private SupervisedCall Describe(Frame f) =>
        new(operation.OperationId, f.CallId, f.SupervisorHandle ?? f.CallId, f.ParticipantId, f.Position);
}
