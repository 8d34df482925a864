using Ledger.Model;

namespace Ledger.Rules;

/// <summary>The part of the fold that deals with crashes: accusations, supervisors, cleaning by others, the end of what
/// nobody is left of.</summary>
internal static class Recovery
{
    public static string? Crashed(Transition t, CrashDetected d)
    {
        var s = t.State;
        if (!s.Members.TryGetValue(d.Accused, out var member)) return Reasons.NotMember;
        if (d.AboutFrames) return FramesHung(t, d);
        if (Refuted(member, d.Evidence, d.ReadTo) is { } no) return no;
        t.Put(member with { Status = MemberStatus.Crashed });
        t.EndRegistrations(d.Accused);
        var crashed = t.ActiveFramesOf(d.Accused).Select(f => t.Crash(f, d.Evidence)).ToList();
        var why = $"{Wire.Name(d.Evidence)} of {member.ParticipantId}";
        if (s.Initiator == d.Accused && s.Status == OperationStatus.Running)
            t.GoToCleanup(new Cause(CauseType.InitiatorLost, null, member.ParticipantId, why));
        foreach (var frame in crashed)
            t.Fail(frame, new Cause(CauseType.ParticipantCrashed, frame.CallId, member.ParticipantId, why));
        t.Settle();
        return null;
    }

    private static string? FramesHung(Transition t, CrashDetected d)
    {
        var overdue = d.Evidence == EvidenceType.CleanupOverdue;
        var hung = t.ActiveFramesOf(d.Accused).Where(f => d.FencingTokens.Contains(f.Position)).ToList();
        if (hung.Count == 0) return Reasons.FrameGone;
        if (overdue && t.State.Status == OperationStatus.Running && hung.Any(f => !f.Cancelled)) return Reasons.NotEnding;
        if (!overdue && hung.Any(f => f.WatchdogMs is null)) return $"{Reasons.WrongEvidence}: it is not watched";
        var why = overdue ? "its cleanup is overdue" : "it made no progress";
        // All crash before the first failure propagates, as above.
        foreach (var frame in hung) t.Crash(frame, d.Evidence);
        foreach (var frame in hung)
            t.Fail(frame, new Cause(CauseType.FrameHung, frame.CallId, frame.ParticipantId, why));
        t.Settle();
        return null;
    }

    private static string? Refuted(Member accused, EvidenceType evidence, long readTo) => accused.Status switch
    {
        MemberStatus.Crashed => Reasons.AlreadyCrashed,
        MemberStatus.Left => Reasons.Left,
        _ when evidence == EvidenceType.HeartbeatStale && accused.LastAccepted > readTo => Reasons.StaleEvidence,
        _ => null,
    };

    public static string? SupervisorCame(Transition t, Entry e, SupervisorRegistered d)
    {
        var s = t.State;
        var present = s.Supervisors.GetValueOrDefault(d.SupervisorId);
        if (t.DiffersInCase(d.SupervisorId) is { } other) return $"{Reasons.DiffersInCase}: {d.SupervisorId}, {other}";
        if (present is { Dead: false } && present.Incarnation == e.Incarnation) return Reasons.AlreadyRegistered;
        if (present is null && s.Supervisors.Count >= Limits.Supervisors)
            return $"{Reasons.LimitReached}: {Limits.Supervisors} supervisors";
        var registration = new Registration(
            d.SupervisorId, e.Incarnation, t.Position, d.RestartGraceMs, d.CallbackBoundMs);
        t.State = s with { Supervisors = s.Supervisors.SetItem(d.SupervisorId, registration) };
        return null;
    }

    public static string? SupervisorWent(Transition t, SupervisorDied d)
    {
        var s = t.State;
        var present = s.Supervisors.GetValueOrDefault(d.SupervisorId);
        if (present is null || present.Dead || present.Incarnation != d.Incarnation) return Reasons.NotRegistered;
        // A callback that overran says nothing about the process, and a process's death is not about one frame.
        if ((d.Evidence == EvidenceType.CleanupOverdue) != d.Token.HasValue || d.Evidence == EvidenceType.WatchdogExpired)
            return Reasons.WrongEvidence;
        if (Refuted(s.Members[d.Incarnation], d.Evidence, d.ReadTo) is { } no) return no;
        if (d.Token is { } token)
        {
            if (s.Stack.GetValueOrDefault(token) is not { Status: FrameStatus.Crashed } frame
                || frame.SupervisorId != d.SupervisorId) return Reasons.FrameGone;
            if (frame.OverrunBy == d.Incarnation) return Reasons.AlreadyCrashed;
            t.Put(frame with { OverrunBy = d.Incarnation });
            return null;
        }
        t.State = s with { Supervisors = s.Supervisors.SetItem(d.SupervisorId, present with { Dead = true }) };
        return null;
    }

    public static string? Notified(Transition t, Entry e, CrashNotified d)
    {
        var s = t.State;
        if (!s.Unconfirmed.TryGetValue(d.Token, out var notice)
            || notice.SupervisorId != d.SupervisorId || notice.CallId != d.CallId) return Reasons.NothingToConfirm;
        var current = s.Supervisors.GetValueOrDefault(d.SupervisorId);
        // Nobody can register in a terminal operation any more: there whoever has the id now confirms.
        if (!s.IsTerminal && (current is null || current.Dead || current.Incarnation != e.Incarnation))
            return Reasons.NotRegistered;
        t.State = s with { Unconfirmed = s.Unconfirmed.Remove(d.Token) };
        return null;
    }

    public static string? CleanedUp(Transition t, Entry e, FrameCleanedUp d)
    {
        var s = t.State;
        var frame = s.Stack.GetValueOrDefault(d.Token);
        if (frame is null || frame.CallId != d.CallId) return Reasons.FrameGone;
        if (frame.Status == FrameStatus.Active) return Reasons.NotCrashed;
        if (frame.Status == FrameStatus.CleanedUp) return Reasons.AlreadyCleanedUp;
        var (rule, supervisor) = CurrentRule(s, frame);
        if (d.Rule != rule || d.SupervisorIncarnation != supervisor) return $"{Reasons.WrongRule}: rule {rule} applies";
        if (rule == 3 && e.Incarnation != supervisor) return $"{Reasons.WrongRule}: {supervisor} supervises it";
        t.Report(d.LeftBehind);
        t.MarkCleaned(frame);
        t.Settle();
        return null;
    }

    public static string? Abandoned(Transition t, OperationAbandoned d)
    {
        var s = t.State;
        if (s.Cause?.Type == CauseType.Abandoned) return Reasons.AlreadyAbandoned;
        // Ordered, because the members' own order differs from process to process, and the answer must not.
        var alive = s.Members.Values.Where(m => m.Status == MemberStatus.Joined).MinBy(m => m.JoinedAt);
        if (alive is not null) return $"{Reasons.MemberAlive}: {alive.ParticipantId}";
        var cause = new Cause(CauseType.Abandoned, null, null, s.Cause is { } first ? $"after {first}" : d.Reason);
        if (s.Status == OperationStatus.Running) t.GoToCleanup(cause);
        else t.State = s with { Cause = cause };
        t.Settle();
        return null;
    }

    /// <summary>Which of rules 2 to 4 cleans a crashed frame now, and the supervisor incarnation it goes by.</summary>
    public static (int Rule, string? Supervisor) CurrentRule(OperationState s, Frame frame)
    {
        if (frame.SupervisorId is not { } id) return (2, null);
        if (!s.Supervisors.TryGetValue(id, out var r)) return (4, null);
        return r.Dead || frame.OverrunBy == r.Incarnation ? (4, r.Incarnation) : (3, r.Incarnation);
    }
}
