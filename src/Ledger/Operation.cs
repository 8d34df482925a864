using System.Runtime.CompilerServices;
using Ledger.Model;
using Ledger.Rules;
using Ledger.Runtime;

namespace Ledger;

/// <summary>A handle on an operation this process takes part in. Several handles of one process share its membership, which
/// ends with the last. Thread-safe. Disposing a handle fails the calls it started that are still open.</summary>
public sealed class Operation : IAsyncDisposable
{
    private readonly LedgerParticipant participant;
    private readonly OperationRuntime runtime;
    private int closed;

    internal Operation(LedgerParticipant participant, OperationRuntime runtime)
    {
        this.participant = participant;
        this.runtime = runtime;
    }

    /// <summary>The operation's id.</summary>
    public string Id => runtime.OperationId;

    /// <summary>The participant this handle belongs to.</summary>
    public LedgerParticipant Participant => participant;

    /// <summary>Fires when the operation goes to cleanup, or this participant is fenced in it: ordinary .NET code stops by
    /// itself. Never fires when it completes.</summary>
    public CancellationToken CleanupToken => runtime.CleanupToken;

    /// <summary>Reads the log to its end and returns the state: as of now, and of no later moment.</summary>
    public ValueTask<OperationState> ReadAsync(CancellationToken cancellationToken = default) =>
        runtime.Ledger.RunAsync(() =>
        {
            runtime.Replica.CatchUp();
            return runtime.State;
        }, cancellationToken);

    /// <summary>Starts a call: pushes a frame on the stack. If waiting is given up, no frame stays without an
    /// owner.</summary>
    /// <exception cref="ArgumentException">An id or an option is out of its range.</exception>
    /// <exception cref="ProposalRejectedException">The operation does not run, the caller is gone or cancelled, the call id
    /// was used, or a limit is reached.</exception>
    /// <exception cref="FencedException">This participant was declared crashed here.</exception>
    public async ValueTask<Call> StartCallAsync(
        string callId, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new CallOptions();
        Identifier.Require(callId, "call id");
        RequireOpen();
        if (Callbacks.CurrentOperation == Id)
            throw new InvalidOperationException("A cleanup or supervisor callback cannot start calls in its own operation.");
        var outcome = await runtime.ProposeAsync(
            $"start call '{callId}'", Describe(callId, options), cancellationToken).ConfigureAwait(false);
        return runtime.Own(this, callId, outcome.Position);
    }

    /// <summary>Runs work as a call: ends it with the work's result, fails it with the work's exception.</summary>
    public async Task<T> RunCallAsync<T>(string callId, Func<Call, CancellationToken, Task<T>> work,
        CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        var call = await StartCallAsync(callId, options, cancellationToken).ConfigureAwait(false);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, cancellationToken);
        T result;
        try
        {
            result = await work(call, both.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await Leaving.CloseAsync(call, $"{e.GetType().Name}: {e.Message}", CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        await call.EndAsync(CancellationToken.None).ConfigureAwait(false);
        return result;
    }

    /// <summary>Completes the operation. Its initiator only, and only with an empty stack.</summary>
    /// <exception cref="ProposalRejectedException">Not the initiator, frames on the stack (named), or not running.</exception>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken = default) =>
        await runtime.ProposeAsync("complete", new CompleteRequested(), cancellationToken).ConfigureAwait(false);

    /// <summary>Aborts the operation. True when it was running; false when it was in cleanup already.</summary>
    /// <exception cref="ProposalRejectedException">It is over.</exception>
    public ValueTask<bool> AbortAsync(string? reason = null, CancellationToken cancellationToken = default) =>
        participant.AbortAsync(Id, reason, cancellationToken);

    /// <summary>Hands the initiator's role to another member.</summary>
    /// <param name="participantId">Its participant id; of several incarnations the latest that takes part.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ProposalRejectedException">Not the initiator, no such member, or not running.</exception>
    public async ValueTask HandOverAsync(string participantId, CancellationToken cancellationToken = default)
    {
        var state = await ReadAsync(cancellationToken).ConfigureAwait(false);
        var heir = state.Members.Values
            .Where(m => m.ParticipantId == participantId && m.Status == MemberStatus.Joined).MaxBy(m => m.JoinedAt);
        var what = $"hand the initiator's role to '{participantId}'";
        if (heir is null) throw new ProposalRejectedException(Id, what, Reasons.NotMember);
        await runtime.ProposeAsync(what, new InitiatorChanged(heir.Incarnation), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The operation's entries behind a position, then live until it is terminal. Nothing is missed or
    /// repeated, whenever it is called; a slow consumer slows nobody.</summary>
    /// <param name="after">Begin behind this position; 0: at the first entry.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<StateChange> StateChanges(
        long after = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var log = runtime.Ledger.OpenLog(Id);
        await foreach (var change in LogFollower
            .Follow(runtime.Ledger.ReaderOf(log), after, runtime.NextChange, runtime.LookAgain, cancellationToken).ConfigureAwait(false))
            yield return change;
    }

    /// <summary>As <see cref="StateChanges"/>, as an observable: each subscription replays on its own, and its disposal ends
    /// it.</summary>
    public IObservable<StateChange> AsObservable(long after = 0) => new ChangeObservable(this, after);

    /// <summary>Completes when cleanup starts; also when the operation completes, with a result that says so.</summary>
    public async Task<OperationResult> WaitForCleanupAsync(CancellationToken cancellationToken = default)
    {
        var state = await runtime.CleanupSeen.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new OperationResult(state.Status, state.Cause);
    }

    /// <summary>Completes when the operation failed or completed, with the state and the cause.</summary>
    public async Task<OperationResult> WaitForTerminalAsync(CancellationToken cancellationToken = default)
    {
        var state = await runtime.TerminalSeen.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new OperationResult(state.Status, state.Cause);
    }

    /// <summary>Completes when no frame is on the stack, or the operation does not run any more.</summary>
    public async Task<OperationState> WaitForEmptyStackAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var changed = runtime.Pulse.Next;
            var state = await ReadAsync(cancellationToken).ConfigureAwait(false);
            if (state.Stack.IsEmpty || state.Status != OperationStatus.Running) return state;
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs work that depends on calls of others: returns its result, or throws when what it depends on crashed or
    /// failed, or when the time is over: never silence. A result that was produced is not thrown away.</summary>
    /// <param name="work">The work; its token fires when it is given up.</param>
    /// <param name="caller">The call on whose behalf it runs: a failure among its callees ends the wait even if it is
    /// contained there. Null: only the operation's own cleanup does.</param>
    /// <param name="timeout">Time limit; null: none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CalleeCrashedException">A callee crashed or failed, or the operation went to cleanup; carries the
    /// cause.</exception>
    /// <exception cref="TimeoutException">The time limit is over.</exception>
    public Task<T> GuardAsync<T>(Func<CancellationToken, Task<T>> work, Call? caller = null, TimeSpan? timeout = null,
        CancellationToken cancellationToken = default) =>
        Guard.RunAsync(runtime, work, caller, timeout, callee: null, cancellationToken);

    /// <summary>Runs work that depends on one callee, for guards side by side on behalf of one caller: what becomes of the
    /// caller's other callees does not end the wait, as long as it is contained.</summary>
    /// <param name="work">The work; its token fires when it is given up.</param>
    /// <param name="caller">The call on whose behalf it runs.</param>
    /// <param name="callee">The id of the call it depends on, which that one calls, or will.</param>
    /// <param name="timeout">Time limit; null: none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CalleeCrashedException">The callee crashed or failed, the caller was cancelled, or the operation went to
    /// cleanup; carries the cause.</exception>
    /// <exception cref="TimeoutException">The time limit is over.</exception>
    public Task<T> GuardAsync<T>(Func<CancellationToken, Task<T>> work, Call caller, string callee, TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(callee);
        return Guard.RunAsync(runtime, work, caller, timeout, callee, cancellationToken);
    }

    /// <summary>Leaves: ends the calls of this handle that are open, and the membership with the process's last
    /// handle. When it throws, the handle is still open: leave again.</summary>
    /// <param name="failure">Fail open calls with this reason instead of ending them.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async ValueTask LeaveAsync(string? failure = null, CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref closed, 1) != 0) return;
        var isGivenBack = false;
        try
        {
            foreach (var call in runtime.Calls.Where(c => ReferenceEquals(c.Handle, this)))
                await Leaving.CloseAsync(call, failure, cancellationToken).ConfigureAwait(false);
            isGivenBack = true;
            if (runtime.Holds.GiveBack(Hold.Handle)) await LeaveWithLastAsync(failure, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // It takes part still, and somebody must be able to end that.
            if (!isGivenBack || runtime.Holds.TryTake(Hold.Handle)) Volatile.Write(ref closed, 0);
            throw;
        }
    }

    /// <summary>Leaves; calls of this handle that are still open fail.</summary>
    public ValueTask DisposeAsync() => LeaveAsync("its handle was closed");

    private async Task LeaveWithLastAsync(string? failure, CancellationToken cancellationToken)
    {
        // A supervisor that joined by itself stays on, but no operation stays without somebody who could complete it.
        var state = runtime.State;
        var isInitiator = state.Initiator == participant.Incarnation && state.Status == OperationStatus.Running;
        if (runtime.Core.Supervisors.IsEnrolled(runtime) && !isInitiator) return;
        await Leaving.LeaveAsync(runtime, failure, cancellationToken).ConfigureAwait(false);
        runtime.Core.Supervisors.Release(runtime);
        runtime.Core.RemoveIfUnheld(runtime);
    }

    private CallStarted Describe(string callId, CallOptions o)
    {
        if (o.SupervisorId is not null) Identifier.Require(o.SupervisorId, "supervisor id");
        if (o.Watchdog is { } w && (w < TimeSpan.FromMilliseconds(100) || w > TimeSpan.FromDays(30)))
            throw new ArgumentException($"CallOptions.Watchdog is {w}; it must be 100 ms to 30 days.");
        var bound = o.CleanupBound ?? runtime.Ledger.Options.CleanupBound;
        if (bound < TimeSpan.Zero || bound > TimeSpan.FromHours(24))
            throw new ArgumentException($"CallOptions.CleanupBound is {bound}; it must be 0 to 24 hours.");
        return new CallStarted(callId, o.CallerId is null ? null : PositionOf(o.CallerId))
        {
            CallerId = o.CallerId,
            SupervisorId = o.SupervisorId,
            SupervisorHandle = Texts.Cut(o.SupervisorHandle),
            FailOnCrash = o.FailOnCrash,
            Description = Texts.Cut(o.Description),
            CleanupBoundMs = (long)bound.TotalMilliseconds,
            WatchdogMs = (long?)o.Watchdog?.TotalMilliseconds,
            Resources = o.Resources,
        };
    }

    private long PositionOf(string callerId)
    {
        if (Find() is { } here) return here;
        runtime.Replica.CatchUp();
        return Find() ?? throw new ProposalRejectedException(
            Id, $"start a call below '{callerId}'", runtime.State.Status == OperationStatus.Running ? Reasons.CallerGone : runtime.State.StatusText);
        long? Find() => runtime.State.Stack.Values.FirstOrDefault(f => f.CallId == callerId)?.Position;
    }

    private void RequireOpen() => ObjectDisposedException.ThrowIf(Volatile.Read(ref closed) != 0, this);
}
