using Ledger.Model;

namespace Ledger.Rules;

/// <summary>The four rules, as one pure function: what a participant should do, given the state and its own view. Every
/// participant evaluates it for itself; none waits for another. The result is a wish list: repeating a step is
/// harmless, because the fold accepts one entry per frame.</summary>
internal static class Plan
{
    /// <summary>By how much later each further candidate starts on the same frame, in milliseconds, so that usually one
    /// does the work. Safety does not depend on it.</summary>
    public const long StaggerMs = 100;

    /// <summary>Candidates whose turns come one after another; all others have theirs together behind them.</summary>
    private const int MostBefore = 10;

    /// <summary>Cycles after the end during which everyone may still notice, before the log moves.</summary>
    private const int CyclesBeforeArchive = 2;

    /// <summary>Frames an accusation of a process names, for people; all of them crash anyway, and an entry has a size
    /// limit.</summary>
    private const int MostNamed = 100;

    public static List<Step> For(OperationState s, Observation o)
    {
        var steps = new List<Step>();
        var me = s.Members.GetValueOrDefault(o.Self);
        if (s.IsTerminal)
        {
            if (me is not { Status: MemberStatus.Crashed }) steps.AddRange(LateNotices(s, o));
            if (o.Timers.Elapsed(Since.Terminal, 0, o.NowMs) >= CyclesBeforeArchive * o.IntervalMs) steps.Add(new Archive());
            return steps;
        }
        if (me is { Status: not MemberStatus.Joined }) return steps;
        steps.AddRange(Accusations(s, o));
        if (NobodyLeft(s) && s.Cause?.Type != CauseType.Abandoned)
            steps.Add(new Propose(new OperationAbandoned("nobody of its members is left")));
        foreach (var frame in s.Stack.Values)
        {
            if (frame.Status == FrameStatus.Active) steps.AddRange(ForActive(s, o, frame));
            else if (frame.Status == FrameStatus.Crashed && ForCrashed(s, o, frame) is { } step) steps.Add(step);
        }
        steps.AddRange(LateNotices(s, o));
        return steps;
    }

    private static bool NobodyLeft(OperationState s) => s.Joined.IsEmpty;

    /// <summary>Members this observer judges dead. A registration's death is told by name before the process's, so that
    /// rule 4 has the entry it asks for whoever reads.</summary>
    private static IEnumerable<Step> Accusations(OperationState s, Observation o)
    {
        foreach (var (incarnation, verdict) in o.Liveness)
        {
            if (verdict is not { Grade: Grade.Dead, Evidence: { } evidence } || incarnation == o.Self) continue;
            if (s.Members.GetValueOrDefault(incarnation) is not { Status: MemberStatus.Joined } accused) continue;
            var silent = verdict.SilentForMs ?? 0;
            foreach (var r in s.Supervisors.Values.Where(r => r.Incarnation == incarnation && !r.Dead).OrderBy(r => r.Position))
                yield return new Propose(
                    new SupervisorDied(r.SupervisorId, incarnation, evidence, silent, s.Position, null));
            var frames = s.Stack.Values
                .Where(f => f.Incarnation == incarnation && f.Status == FrameStatus.Active).Take(MostNamed).ToList();
            yield return new Propose(new CrashDetected(accused.ParticipantId, incarnation, evidence, silent, s.Position,
                [.. frames.Select(f => f.CallId)], [.. frames.Select(f => f.Position)]));
        }
    }

    private static IEnumerable<Step> ForActive(OperationState s, Observation o, Frame frame)
    {
        var ending = s.Status == OperationStatus.Cleanup || frame.Cancelled;
        if (frame.Incarnation == o.Self && ending) yield return new CleanOwn(frame);
        if (o.Hung.TryGetValue(frame.Position, out var silentMs) && !ending)
            yield return Accuse(s, frame, EvidenceType.WatchdogExpired, silentMs);
        var endingForMs = o.Timers.Elapsed(Since.Ending, frame.Position, o.NowMs);
        if (frame.Incarnation != o.Self && ending && endingForMs - o.ThresholdMs > frame.CleanupBoundMs)
            yield return Accuse(s, frame, EvidenceType.CleanupOverdue, endingForMs);
    }

    private static Propose Accuse(OperationState s, Frame frame, EvidenceType evidence, long forMs) =>
        new(new CrashDetected(frame.ParticipantId, frame.Incarnation, evidence, forMs, s.Position,
            [frame.CallId], [frame.Position]));

    private static Step? ForCrashed(OperationState s, Observation o, Frame frame)
    {
        var (rule, supervisor) = Recovery.CurrentRule(s, frame);
        if (rule == 3) return ForSupervised(s, o, frame, s.Supervisors[frame.SupervisorId!]);
        if (rule == 4 && !MayReplaceSupervisor(s, o, frame)) return null;
        return Turn(s, o, frame) is { } here ? new CleanCrashed(frame, rule, supervisor, here) : null;
    }

    private static Step? ForSupervised(OperationState s, Observation o, Frame frame, Registration r)
    {
        var forMs = o.Timers.Elapsed(Since.Supervised, frame.Position, o.NowMs, r.Position);
        var overrun = forMs - o.ThresholdMs > r.CallbackBoundMs;
        // Also its own: there may be nobody else to say so.
        if (r.Incarnation == o.Self && !overrun)
        {
            var here = o.Process.SharesPlaceWith(Owner(s, frame).Process);
            return s.Unconfirmed.TryGetValue(frame.Position, out var notice)
                ? new NotifySupervisor(notice, frame, here)
                : new CleanCrashed(frame, 3, r.Incarnation, here);
        }
        return overrun
            ? new Propose(new SupervisorDied(
                r.SupervisorId, r.Incarnation, EvidenceType.CleanupOverdue, forMs, s.Position, frame.Position))
            : null;
    }

    /// <summary>A supervisor that never came is missed after one threshold, a dead one after its restart grace.</summary>
    private static bool MayReplaceSupervisor(OperationState s, Observation o, Frame frame)
    {
        if (!s.Supervisors.TryGetValue(frame.SupervisorId!, out var r))
            return o.Timers.Elapsed(Since.Unsupervised, frame.Position, o.NowMs) > o.ThresholdMs;
        return !r.Dead || o.Timers.Elapsed(Since.SupervisorDead, r.Position, o.NowMs) >= r.RestartGraceMs;
    }

    /// <summary>Whether it is this participant's turn to clean a crashed frame, and whether it may touch the resources;
    /// null: not its turn. Those of the frame's place go first, in joining order; the others come in when none of
    /// them is left, or none did it in time; who is no member when no member is left, or none did it in time.</summary>
    private static bool? Turn(OperationState s, Observation o, Frame frame)
    {
        var place = Owner(s, frame).Process;
        var here = o.Process.SharesPlaceWith(place);
        var waitedMs = o.Timers.Elapsed(Since.Crashed, frame.Position, o.NowMs);
        var late = waitedMs - o.ThresholdMs > frame.CleanupBoundMs;
        if (!s.Members.TryGetValue(o.Self, out var me)) return late || NobodyLeft(s) ? here : null;
        // Not listed: usually the first few members decide it, and every member of a crowd asks.
        var able = s.Members.Values
            .Where(m => m.Status == MemberStatus.Joined && o.Liveness.GetValueOrDefault(m.Incarnation)?.Grade != Grade.Dead);
        var near = able.Where(m => m.Process.SharesPlaceWith(place));
        if (!here && frame.Resources.Length > 0 && near.Any()) return late ? false : null;
        var before = (here ? near : able).Where(m => m.JoinedAt < me.JoinedAt).Take(MostBefore).Count();
        return waitedMs >= before * StaggerMs ? here : null;
    }

    /// <summary>Crashes whose frame is cleaned and whose supervisor, come late, has yet to be told. In a terminal operation
    /// nobody can register any more: there it is whoever has the id in the ledger.</summary>
    private static IEnumerable<Step> LateNotices(OperationState s, Observation o) =>
        from notice in s.Unconfirmed.Values
        where s.Stack.GetValueOrDefault(notice.Token) is not { Status: FrameStatus.Crashed }
        let r = s.Supervisors.GetValueOrDefault(notice.SupervisorId)
        where (r is { Dead: false } && r.Incarnation == o.Self) || (s.IsTerminal && o.Supervises.Contains(notice.SupervisorId))
        select new NotifySupervisor(notice, null, false);

    private static Member Owner(OperationState s, Frame frame) => s.Members[frame.Incarnation];
}
