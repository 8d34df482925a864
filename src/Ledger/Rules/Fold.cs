using System.Collections.Immutable;
using Ledger.Model;

namespace Ledger.Rules;

/// <summary>The pure heart: what each entry does to an operation. Depends on nothing but the entries: no clock, no
/// liveness, no fact of one participant. Total: every entry is accepted or rejected with a reason. Any change of an
/// outcome is a new <see cref="Version"/>.</summary>
public static class Fold
{
    /// <summary>The fold version this program writes and reads.</summary>
    public const int Version = 1;

    /// <summary>The state after the first entry of a log; null when that is no genesis this program can fold.</summary>
    public static OperationState? Begin(Entry first)
    {
        if (first.Data is not OperationCreated { FoldVersion: Version } d) return null;
        var creator = new Member(first.ParticipantId, first.Incarnation, d.Process, 1)
        {
            LastSequence = first.Sequence,
            LastOutcome = (1, null),
            LastAccepted = 1,
        };
        var state = new OperationState
        {
            OperationId = d.OperationId,
            Nonce = first.Nonce,
            Position = 1,
            StartTime = first.Timestamp,
            Description = d.Description,
            Initiator = first.Incarnation,
        };
        return state with
        {
            Members = state.Members.Add(creator.Incarnation, creator),
            Joined = state.Joined.Add(creator.Incarnation),
        };
    }

    /// <summary>The state after one more entry, and what the entry did.</summary>
    public static Folded Apply(OperationState state, Entry entry)
    {
        var change = new Transition(state);
        var rejection = Refuse(state, entry) ?? Dispatch(change, entry);
        // A rejected entry leaves no trace but its number: what a handler had begun is dropped with the transition.
        if (rejection is not null) change = new Transition(state);
        change.Finish(entry, rejection);
        Invariants.Check(change.State);
        return new Folded(change.State, change.Outcome(state.Status, rejection));
    }

    /// <summary>Who may propose what at all.</summary>
    private static string? Refuse(OperationState s, Entry e)
    {
        if (e.Nonce != s.Nonce) return Reasons.WrongNonce;
        if (!s.Members.TryGetValue(e.Incarnation, out var member))
        {
            if (s.IsTerminal && e.Data is not CrashNotified) return Ended(s);
            return IsOpenToAll(e.Data, s) ? null : Reasons.NotMember;
        }
        if (member.ParticipantId != e.ParticipantId) return Reasons.NotMember;
        if (e.Sequence <= member.LastSequence) return Reasons.Duplicate;
        if (member.Status == MemberStatus.Crashed) return Reasons.Fenced;
        if (s.IsTerminal && e.Data is not CrashNotified) return Ended(s);
        var mayStillSpeak = e.Data is AbortRequested or CrashNotified;
        return member.Status == MemberStatus.Left && !mayStillSpeak ? Reasons.Left : null;
    }

    private static bool IsOpenToAll(EntryData data, OperationState s) => data switch
    {
        CrashDetected or SupervisorDied or FrameCleanedUp or OperationAbandoned or AbortRequested => true,
        ParticipantJoined => true,
        CrashNotified => s.IsTerminal,
        _ => false,
    };

    private static string? Dispatch(Transition t, Entry e) => e.Data switch
    {
        ParticipantJoined d => Joined(t, e, d),
        ParticipantLeft d => Left(t, e, d),
        InitiatorChanged d => HandedOver(t, e, d),
        CallStarted d => Started(t, e, d),
        CallEnded d => Ended(t, e, d),
        CallFailed d => CallHasFailed(t, e, d),
        ResourceRegistered d => Registered(t, e, d),
        ResourceReleased d => Released(t, e, d),
        FrameRemoved d => RemovedItself(t, e, d),
        CrashDetected d => Recovery.Crashed(t, d),
        SupervisorRegistered d => Recovery.SupervisorCame(t, e, d),
        SupervisorDied d => Recovery.SupervisorWent(t, d),
        CrashNotified d => Recovery.Notified(t, e, d),
        FrameCleanedUp d => Recovery.CleanedUp(t, e, d),
        AbortRequested d => Aborted(t, e, d),
        CompleteRequested => Completed(t, e),
        OperationAbandoned d => Recovery.Abandoned(t, d),
        _ => Reasons.NotFirst, // a second genesis
    };

    private static string? Joined(Transition t, Entry e, ParticipantJoined d)
    {
        if (t.State.Members.ContainsKey(e.Incarnation)) return Reasons.AlreadyJoined;
        if (t.State.Members.Count >= Limits.Members) return $"{Reasons.LimitReached}: {Limits.Members} members";
        t.Put(new Member(e.ParticipantId, e.Incarnation, d.Process, t.Position));
        return null;
    }

    private static string? Left(Transition t, Entry e, ParticipantLeft d)
    {
        var member = t.State.Members[e.Incarnation];
        t.Put(member with { Status = MemberStatus.Left });
        t.EndRegistrations(e.Incarnation);
        if (t.State.Initiator == e.Incarnation && t.State.Status == OperationStatus.Running)
            t.GoToCleanup(new Cause(CauseType.InitiatorLost, null, e.ParticipantId, d.Reason ?? "the initiator left"));
        // All leave before the first failure propagates, or it would cancel frames that are leaving.
        var frames = t.ActiveFramesOf(e.Incarnation);
        foreach (var frame in frames) t.Leave(frame);
        foreach (var frame in d.Failed ? frames : [])
            t.Fail(frame, new Cause(CauseType.CallFailed, frame.CallId, e.ParticipantId, d.Reason));
        t.Settle();
        return null;
    }

    private static string? HandedOver(Transition t, Entry e, InitiatorChanged d)
    {
        if (t.State.Status != OperationStatus.Running) return Ended(t.State);
        if (t.State.Initiator != e.Incarnation) return Reasons.NotInitiator;
        if (t.State.Members.GetValueOrDefault(d.To)?.Status != MemberStatus.Joined) return Reasons.NotMember;
        t.State = t.State with { Initiator = d.To };
        return null;
    }

    private static string? Started(Transition t, Entry e, CallStarted d)
    {
        var s = t.State;
        if (s.Status != OperationStatus.Running) return Ended(s);
        if (s.CallIds.Contains(d.CallId)) return $"{Reasons.DuplicateCall}: {d.CallId}";
        Frame? caller = null;
        if (d.Caller is { } at)
        {
            caller = s.Stack.GetValueOrDefault(at);
            if (caller is not { Status: FrameStatus.Active }) return Reasons.CallerGone;
            if (caller.Cancelled) return $"{Reasons.Cancelled}: {caller.Cancellation}";
            if (caller.Ancestors.Length + 1 > Limits.Depth) return $"{Reasons.TooDeep}: {Limits.Depth}";
        }
        if (d.SupervisorId is { } id && t.DiffersInCase(id) is { } other) return $"{Reasons.DiffersInCase}: {id}, {other}";
        if (s.Stack.Count >= Limits.Frames) return $"{Reasons.LimitReached}: {Limits.Frames} frames on the stack";
        if (s.CallIds.Count >= Limits.Calls) return $"{Reasons.LimitReached}: {Limits.Calls} calls in one operation";
        if (d.Resources.Length > Limits.ResourcesPerFrame)
            return $"{Reasons.LimitReached}: {Limits.ResourcesPerFrame} resources";
        t.State = s with { CallIds = s.CallIds.Add(d.CallId), Stack = s.Stack.Add(t.Position, Push(t.Position, e, d, caller)) };
        return null;
    }

    private static Frame Push(long position, Entry e, CallStarted d, Frame? caller) => new()
    {
        Position = position,
        CallId = d.CallId,
        CallerId = caller?.CallId,
        Caller = caller?.Position,
        Ancestors = caller is null ? [] : caller.Ancestors.Add(caller.Position),
        DomainRoot = d.FailOnCrash ? caller?.DomainRoot : position,
        ParticipantId = e.ParticipantId,
        Incarnation = e.Incarnation,
        StartTime = e.Timestamp,
        SupervisorId = d.SupervisorId,
        SupervisorHandle = d.SupervisorHandle,
        FailOnCrash = d.FailOnCrash,
        Description = d.Description,
        CleanupBoundMs = d.CleanupBoundMs,
        WatchdogMs = d.WatchdogMs,
        Resources = d.Resources,
    };

    /// <summary>The proposer's own active frame, or why there is none.</summary>
    private static string? Own(Transition t, Entry e, FrameEntry d, out Frame frame)
    {
        frame = t.State.Stack.GetValueOrDefault(d.Token)!;
        if (frame is null || frame.CallId != d.CallId || frame.Incarnation != e.Incarnation) return Reasons.FrameGone;
        return frame.Status == FrameStatus.Active ? null : Reasons.Fenced;
    }

    /// <summary>As <see cref="Own"/>, and its result still counts.</summary>
    private static string? OwnUndisturbed(Transition t, Entry e, FrameEntry d, out Frame frame)
    {
        if (Own(t, e, d, out frame) is { } gone) return gone;
        if (t.State.Status != OperationStatus.Running) return Ended(t.State);
        return frame.Cancelled ? $"{Reasons.Cancelled}: {frame.Cancellation}" : null;
    }

    private static string? Ended(Transition t, Entry e, CallEnded d)
    {
        if (OwnUndisturbed(t, e, d, out var frame) is { } no) return no;
        t.Report(d.LeftBehind);
        t.Leave(frame);
        t.Settle();
        return null;
    }

    private static string? CallHasFailed(Transition t, Entry e, CallFailed d)
    {
        if (OwnUndisturbed(t, e, d, out var frame) is { } no) return no;
        t.Report(d.LeftBehind);
        t.Leave(frame);
        t.Fail(frame, new Cause(CauseType.CallFailed, d.CallId, e.ParticipantId, d.Reason));
        t.Settle();
        return null;
    }

    private static string? Registered(Transition t, Entry e, ResourceRegistered d)
    {
        if (Own(t, e, d, out var frame) is { } no) return no;
        var others = frame.Resources.RemoveAll(r => r.Key == d.Resource.Key);
        if (others.Length >= Limits.ResourcesPerFrame) return $"{Reasons.LimitReached}: {Limits.ResourcesPerFrame} resources";
        t.Put(frame with { Resources = others.Add(d.Resource) });
        return null;
    }

    private static string? Released(Transition t, Entry e, ResourceReleased d)
    {
        if (Own(t, e, d, out var frame) is { } no) return no;
        t.Put(frame with { Resources = frame.Resources.RemoveAll(r => r.Key == d.Key) });
        return null;
    }

    private static string? RemovedItself(Transition t, Entry e, FrameRemoved d)
    {
        if (Own(t, e, d, out var frame) is { } no) return no;
        if (t.State.Status != OperationStatus.Cleanup && !frame.Cancelled) return Reasons.NotEnding;
        t.Report(d.LeftBehind);
        t.Leave(frame);
        t.Settle();
        return null;
    }

    private static string? Aborted(Transition t, Entry e, AbortRequested d)
    {
        if (t.State.Status != OperationStatus.Running) return Ended(t.State);
        t.State = t.State with { Aborted = true };
        t.GoToCleanup(new Cause(CauseType.Aborted, null, e.ParticipantId, d.Reason));
        t.Settle();
        return null;
    }

    private static string? Completed(Transition t, Entry e)
    {
        if (t.State.Status != OperationStatus.Running) return Ended(t.State);
        if (t.State.Initiator != e.Incarnation) return Reasons.NotInitiator;
        if (!t.State.Stack.IsEmpty)
            return $"{Reasons.FramesOnStack}: {string.Join(", ", t.State.Stack.Values.Take(20).Select(f => f.CallId))}";
        t.GoTo(OperationStatus.Completed);
        return null;
    }

    private static string Ended(OperationState s) => s.StatusText;
}
