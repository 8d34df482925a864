using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ledger.Model;
using Ledger.Rules;
using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>One operation in this process: its replica, this process's calls in it, and whoever waits. Acts only through
/// <see cref="Evaluate"/>, which the participant's loop calls; everything that may take long runs apart from it.</summary>
internal sealed class OperationRuntime : IDisposable
{
    private static readonly TimeSpan ReaderPoll = TimeSpan.FromMilliseconds(250);

    private readonly ParticipantCore core;
    private readonly ConcurrentDictionary<long, Call> calls = [];
    private readonly Errands errands;
    private readonly CancellationTokenSource cleanup = new();
    private readonly Promise<OperationState> cleanupSeen;
    private readonly Promise<OperationState> terminalSeen;
    private Timers timers = Timers.Empty;
    private readonly ConcurrentDictionary<long, Frame> lostFrames = [];
    private int attention = 1;
    private int untold = 1;
    private int stirred;
    private int fenced;
    private volatile bool disposed;

    public OperationRuntime(ParticipantCore core, Replica replica)
    {
        this.core = core;
        Replica = replica;
        Pulse = new Pulse(core.IsStepped);
        errands = new Errands(core, (what, why) => Messages.TriedAgain(Ledger.Log, OperationId, what, why));
        cleanupSeen = new(core.IsStepped);
        terminalSeen = new(core.IsStepped);
        CleanupToken = cleanup.Token;
        Watchdogs = new FrameWatchdogs(core.Ledger, core.Heartbeat);
        replica.Listener = Note;
        replica.Changed = OnChanged;
        replica.Orphaned = frame => RemoveOrphan(frame.CallId, frame.Position);
    }

    public LedgerContext Ledger => core.Ledger;

    public ParticipantCore Core => core;

    public Replica Replica { get; }

    public string OperationId => Replica.OperationId;

    public OperationState State => Replica.State;

    public Pulse Pulse { get; }

    /// <summary>For readers of their own: the next change, or a look from time to time once this process reads no
    /// more.</summary>
    public Task NextChange() => disposed ? Task.Delay(ReaderPoll, Ledger.Clock.Provider) : Pulse.Next;

    /// <summary>For a reader whose view of the drive is behind this one's: what it has yet to see wakes nobody again.</summary>
    public Task? LookAgain(long position) => State.Position > position ? Task.Delay(ReaderPoll, Ledger.Clock.Provider) : null;

    public FrameWatchdogs Watchdogs { get; }

    /// <summary>Who in this process needs it.</summary>
    public Holds Holds { get; } = new();

    /// <summary>Fires when the operation goes to cleanup, or fences this participant.</summary>
    public CancellationToken CleanupToken { get; }

    /// <summary>Completes when the operation leaves running, by whatever way.</summary>
    public Task<OperationState> CleanupSeen => cleanupSeen.Task;

    public Task<OperationState> TerminalSeen => terminalSeen.Task;

    public bool IsFenced => Volatile.Read(ref fenced) != 0;

    /// <summary>True while it is for this participant, its initiator, to complete.</summary>
    public bool IsOwnToComplete =>
        !IsFenced && State is { Status: OperationStatus.Running } state && state.Initiator == Core.Incarnation;

    public SnapshotFile Snapshot { get; } = new();

    /// <summary>True when the rules must look at it now; asking resets it.</summary>
    public bool TakeAttention() => Interlocked.Exchange(ref attention, 0) != 0;

    /// <summary>True while something is measured, so that the rules must look again without a change.</summary>
    public bool IsTiming { get; private set; }

    /// <summary>True while each tick has to look at it, whether something stirs it or not.</summary>
    public bool IsLively => Volatile.Read(ref attention) != 0 || IsTiming || IsPressing || Watchdogs.AreWatching;

    /// <summary>True while frames wait for somebody's turn or bound, which are short.</summary>
    public bool IsPressing { get; private set; }

    /// <summary>True once this process reads it no longer.</summary>
    public bool IsDisposed => disposed;

    /// <summary>Lets the rules look again at the next tick: something they asked for failed.</summary>
    public void Attend()
    {
        Volatile.Write(ref attention, 1);
        Stir();
    }

    /// <summary>Has the next tick look whether something is to do.</summary>
    public void Stir()
    {
        if (Volatile.Read(ref stirred) == 0 && Interlocked.Exchange(ref stirred, 1) == 0) core.Stirred.Enqueue(this);
    }

    /// <summary>The tick has it among those it looks at: what stirs it from now on counts anew.</summary>
    public void TakeStir() => Volatile.Write(ref stirred, 0);

    /// <summary>Proposes one entry and returns what it did, or throws what a caller of the API should see.</summary>
    public async ValueTask<Outcome> ProposeAsync(string what, EntryData data, CancellationToken cancellationToken)
    {
        if (IsFenced) throw new FencedException(OperationId, core.ParticipantId);
        var outcomes = await Ledger.RunAsync(() => Replica.Propose(data), cancellationToken, late => GiveBack(data, late[0]))
            .ConfigureAwait(false);
        if (outcomes[0].Rejection is not { } rejection) return outcomes[0];
        // A frame that others cleaned is gone by now, and fenced all the same.
        throw Reasons.Code(rejection) == Reasons.Fenced || (data is FrameEntry own && lostFrames.ContainsKey(own.Token))
            ? new FencedException(OperationId, data is FrameEntry f ? $"call '{f.CallId}'" : core.ParticipantId)
            : new ProposalRejectedException(OperationId, what, rejection);
    }

    /// <summary>Takes charge of a call that was accepted.</summary>
    public Call Own(Operation handle, string callId, long token)
    {
        var call = new Call(this, handle, callId, token);
        calls[token] = call;
        // It may have been cancelled between its acceptance and now.
        StopIfItMust(call, State);
        return call;
    }

    public IReadOnlyCollection<Call> Calls => [.. calls.Values];

    public void Forget(Call call)
    {
        calls.TryRemove(call.FencingToken, out _);
        Pulse.Fire();
    }

    /// <summary>True when others declared a call of this process crashed, also if its frame has left since.</summary>
    public bool WasDeclaredCrashed(Call call) => lostFrames.ContainsKey(call.FencingToken);

    public Call? CallAt(long token) => calls.GetValueOrDefault(token);

    /// <summary>Deletes resources of a call of this process: all that are registered, or the given ones among them.</summary>
    public async ValueTask<ImmutableArray<LeftBehind>> DeleteAsync(Call call, IReadOnlyList<Resource>? only)
    {
        // Others may have taken it over while this process stood still: look at the log again before touching anything.
        await Ledger.RunAsync(Replica.CatchUp, CancellationToken.None).ConfigureAwait(false);
        if (State.Stack.GetValueOrDefault(call.FencingToken) is not { Status: FrameStatus.Active } frame) return [];
        IReadOnlyList<Resource> resources = only is null ? frame.Resources : [.. frame.Resources.Where(r => only.Any(o => o.Key == r.Key))];
        return resources.Count == 0 ? [] : await Ledger.Resources
            .CleanAsync(State, frame, resources, Ledger.Process, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Looks at the state with the four rules and starts what they ask for.</summary>
    public void Evaluate(LivenessObserver observer, long nowMs, long latenessMs)
    {
        var state = State;
        timers = timers.Grow(latenessMs).Next(state, nowMs);
        IsTiming = !ReferenceEquals(timers, Timers.Empty);
        IsPressing = state.Stack.Values.Any(f => f.Status != FrameStatus.Active || f.Cancelled)
            || (state.Status == OperationStatus.Cleanup);
        var steps = Ledger.Rules.Plan(state, new Observation
        {
            Self = core.Incarnation,
            Process = Ledger.Process,
            NowMs = nowMs,
            ThresholdMs = Ledger.Manifest.StalenessThresholdMs,
            IntervalMs = Ledger.Manifest.HeartbeatIntervalMs,
            Liveness = observer.Verdicts,
            Hung = Watchdogs.Hung,
            Timers = timers,
            Supervises = core.Supervisors.Ids,
        });
        ProposeAll([.. steps.OfType<Propose>().Select(p => p.Data)]);
        foreach (var step in steps) Begin(step);
    }

    /// <summary>Whoever still waits is told that nothing will come: never silence.</summary>
    public void Dispose()
    {
        disposed = true;
        errands.End();
        Replica.Dispose();
        Snapshot.Dispose();
        GiveUp(cleanupSeen);
        GiveUp(terminalSeen);
        Pulse.Fire();
    }

    /// <summary>Starts work that may take long, unless the same is under way. What fails is planned again.</summary>
    public bool Start(string key, Func<Task> work) => errands.Start(key, work);

    private void ProposeAll(IReadOnlyList<EntryData> data)
    {
        try
        {
            foreach (var together in data.Chunk(Replica.MostTogether))
            {
                var outcomes = Replica.Propose(together);
                for (var i = 0; i < together.Length; i++) Report(together[i], outcomes[i]);
            }
        }
        catch (LedgerStorageException e)
        {
            // The rules ask for it again as long as it is needed, but only when they look again.
            Attend();
            Messages.TriedAgain(Ledger.Log, OperationId, "a proposal of the rules", e.Message);
        }
    }

    private void Report(EntryData data, Outcome outcome)
    {
        if (data is not CrashDetected accusation || !outcome.Accepted) return;
        LedgerMetrics.CrashSeen(accusation.Evidence);
        Messages.Accused(Ledger.Log, OperationId, accusation.ParticipantId, accusation.Accused,
            Wire.Name(accusation.Evidence), accusation.StaleForMs);
    }

    private void Begin(Step step)
    {
        switch (step)
        {
            case CleanOwn own:
                Start($"clean own {own.Frame.Position}", () => Effects.CleanOwnAsync(this, own.Frame));
                break;
            case CleanCrashed crashed:
                Start($"clean {crashed.Frame.Position}", () => Effects.CleanCrashedAsync(this, crashed));
                break;
            case NotifySupervisor told:
                core.Supervisors.Tell(this, told);
                break;
            case Archive when Replica.IsArchived && Holds.AnyHandle:
                break; // nothing to do but to wait for its users
            case Archive:
                core.Housekeeper.BeginArchiving(this);
                break;
        }
    }

    /// <summary>Sees each entry in order, within the replica's critical section.</summary>
    private void Note(Applied applied)
    {
        var o = applied.Outcome;
        var matters = !o.Transitions.IsEmpty || !o.Cancelled.IsEmpty || !o.Crashed.IsEmpty
            || applied.State.Status == OperationStatus.Cleanup
            || applied.Entry.Data is CrashDetected or SupervisorRegistered or SupervisorDied or CrashNotified
                or ParticipantLeft or FrameCleanedUp
            || (applied.Entry.Data is CallStarted { SupervisorId: { } id } && !applied.State.Supervisors.ContainsKey(id));
        if (matters)
        {
            Volatile.Write(ref attention, 1);
            Volatile.Write(ref untold, 1);
        }
        // The frame may be cleaned and gone before its owner hears of it.
        foreach (var f in o.Crashed)
        {
            if (f.Incarnation == core.Incarnation) lostFrames[f.Position] = f;
        }
        if (o.Accepted && ChangesWhomToWatch(applied)) core.NoteChange();
        if (o.Accepted && applied.Entry.Data is ParticipantJoined) Greet(applied.State, applied.Entry.Incarnation);
        Watchdogs.Note(applied);
        Snapshot.Note(applied);
        Stir();
        core.Supervisors.Note(this, applied);
    }

    private bool ChangesWhomToWatch(Applied applied) => applied.Entry.Data switch
    {
        ParticipantJoined or ParticipantLeft or InitiatorChanged or CrashDetected or SupervisorRegistered or SupervisorDied => true,
        CallStarted d => applied.Entry.Incarnation == core.Incarnation
            || (d.Caller is { } c && applied.State.Stack.GetValueOrDefault(c)?.Incarnation == core.Incarnation),
        _ => applied.State.IsTerminal,
    };

    /// <summary>Who joins is watched at once by those whom it is near, and watches those it has to.</summary>
    private void Greet(OperationState state, string incarnation)
    {
        if (incarnation == core.Incarnation)
            foreach (var member in new Watching([state], incarnation).Choose(0).Values) core.Greet(member);
        else if (state.Joined.Contains(core.Incarnation) && Watching.IsNear(state, core.Incarnation, incarnation))
            core.Greet(state.Members[incarnation]);
    }

    private void OnChanged()
    {
        // Not the rules' flag, which the tick may have taken already.
        if (Interlocked.Exchange(ref untold, 0) != 0)
        {
            var state = State;
            StopCalls(state);
            if (state.Status != OperationStatus.Running) cleanupSeen.TryKeep(state);
            if (state.IsTerminal) terminalSeen.TryKeep(state);
            core.Wake();
        }
        Pulse.Fire();
    }

    /// <summary>Tells the operation's and the calls' owners to stop, each once, outside any critical section.</summary>
    private void StopCalls(OperationState state)
    {
        // First of all: what a call does at once must not wait for anything here.
        foreach (var (_, call) in calls) StopIfItMust(call, state);
        var lost = state.Members.GetValueOrDefault(core.Incarnation)?.Status == MemberStatus.Crashed;
        if (lost && Interlocked.Exchange(ref fenced, 1) == 0) Messages.Fenced(Ledger.Log, OperationId);
        if ((lost || state.Status is OperationStatus.Cleanup or OperationStatus.Failed) && !cleanup.IsCancellationRequested)
        {
            core.Run(() =>
            {
                cleanup.Cancel();
                return Task.CompletedTask;
            });
        }
    }

    private void StopIfItMust(Call call, OperationState state)
    {
        var token = call.FencingToken;
        var frame = lostFrames.GetValueOrDefault(token);
        if (StopCause(state, token, frame) is not { } cause) return;
        if (call.Stop(cause)) core.Run(call.FireAsync);
        if (frame is not null) Start($"local {token}", () => Effects.CleanLocallyAsync(this, call, frame, cause));
    }

    private static Cause? StopCause(OperationState state, long token, Frame? lost)
    {
        if (lost is not null)
            return new Cause(CauseType.ParticipantCrashed, lost.CallId, lost.ParticipantId, "declared crashed by others");
        return state.Stack.GetValueOrDefault(token)?.Cancellation
            ?? (state.Status == OperationStatus.Running ? null : state.Cause);
    }

    private void GiveUp(Promise<OperationState> waiting) => waiting.TryBreak(new LedgerException(
        $"This participant left operation '{OperationId}' or stopped, and reads it no longer: how it ends is in its log."));

    /// <summary>A call whose start was accepted after its caller had given up must not stay without an owner.</summary>
    private void RemoveOrphan(string callId, long token) => errands.Start($"orphan {token}", () =>
    {
        if (IsOrphan(token)) Replica.Propose(new CallEnded(callId, token));
        return Task.CompletedTask;
    }, isNeeded: () => IsOrphan(token));

    private bool IsOrphan(long token) => State.Stack.ContainsKey(token) && !calls.ContainsKey(token);

    private void GiveBack(EntryData data, Outcome outcome)
    {
        if (data is CallStarted start && outcome.Accepted) RemoveOrphan(start.CallId, outcome.Position);
    }
}
