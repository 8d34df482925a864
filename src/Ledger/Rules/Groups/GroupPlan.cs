using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>What a member of a group should do, given the state and its own view: one pure function, evaluated by each for
/// itself. Repeating a step is harmless, because the fold accepts it once.</summary>
internal static class GroupPlan
{
    /// <summary>By how much later each further candidate proposes the same, in milliseconds, so that usually one does. Safety
    /// does not depend on it.</summary>
    public const long StaggerMs = 100;

    /// <summary>Candidates beyond which nobody waits any longer.</summary>
    private const int MostTurns = 10;

    /// <summary>How long an invitation is open, in milliseconds.</summary>
    public const long InvitationMs = 30_000;

    /// <summary>Between two sweeps, in milliseconds.</summary>
    public const long SweepEveryMs = 30_000;

    public static List<GroupStep> For(GroupState s, GroupObservation o)
    {
        var steps = new List<GroupStep>();
        if (s.Members.GetValueOrDefault(o.Self) is not { IsPresent: true } me) return steps;
        steps.AddRange(Accusations(s, o, me));
        if (s.Acting is null && IsCandidate(me) && IsTurn(Candidates(s, o), o, GroupSince.Vacant, "", s.Term))
            steps.Add(new ProposeToGroup(new OrchestratorTakenOver(s.Term, o.KeepStartInfos)));
        if (s.Acting == o.Self) steps.AddRange(OrchestratorPlan.For(s, o));
        foreach (var x in s.Supervisors.Values)
        {
            if (ForSupervisor(s, o, me, x) is { } step) steps.Add(step);
        }
        steps.AddRange(ForCommands(s, o));
        steps.AddRange(Expiries(s, o));
        if (MustSweep(s, o, me)) steps.Add(new SweepOrphans());
        return steps;
    }

    /// <summary>True when nothing but somebody who does it is missing for a start.</summary>
    public static bool IsStartable(GroupState s, SupervisorEntry x) =>
        x.Settings.Restartable && !x.StopWanted && SupervisorTable.Next(x.Status, SupervisorEvent.Reserve) is not null
        && Dependencies.Awaited(s, x).Count == 0;

    /// <summary>Members this observer judges dead; whoever may take over from a dead orchestrator does so in the same
    /// record.</summary>
    private static IEnumerable<GroupStep> Accusations(GroupState s, GroupObservation o, GroupMember me)
    {
        foreach (var (incarnation, verdict) in o.Liveness)
        {
            if (verdict is not { Grade: Grade.Dead, Evidence: { } evidence } || incarnation == o.Self) continue;
            if (s.Members.GetValueOrDefault(incarnation) is not { IsPresent: true } accused) continue;
            var crash = new MemberCrashed(accused.ParticipantId, incarnation, evidence, verdict.SilentForMs ?? 0, s.Position);
            var rules = incarnation == s.Acting;
            var line = rules ? Candidates(s, o) : Able(s, o).OrderByDescending(m => m.Incarnation == s.Acting).ThenBy(m => m.JoinedAt);
            if (!IsTurn(line, o, GroupSince.JudgedDead, incarnation, 0)) continue;
            yield return rules && IsCandidate(me)
                ? new ProposeToGroup([crash, new OrchestratorTakenOver(s.Term, o.KeepStartInfos)])
                : new ProposeToGroup(crash);
        }
    }

    private static bool IsCandidate(GroupMember m) => m is { CanOrchestrate: true, Status: GroupMemberStatus.Joined };

    private static IEnumerable<GroupMember> Able(GroupState s, GroupObservation o) =>
        s.Members.Values.Where(m => m.IsPresent && !o.IsDead(m.Incarnation));

    /// <summary>Who may orchestrate comes first, in joining order.</summary>
    private static IEnumerable<GroupMember> Candidates(GroupState s, GroupObservation o) =>
        Able(s, o).OrderByDescending(IsCandidate).ThenBy(m => m.JoinedAt);

    private static bool IsTurn(IEnumerable<GroupMember> line, GroupObservation o, GroupSince since, string name, long position)
    {
        var before = line.TakeWhile(m => m.Incarnation != o.Self).Take(MostTurns).Count();
        return o.Timers.Elapsed(since, name, position, o.NowMs) is { } waited && waited >= before * StaggerMs;
    }

    private static GroupStep? ForSupervisor(GroupState s, GroupObservation o, GroupMember me, SupervisorEntry x)
    {
        var mine = x.Incarnation == o.Self;
        if (x.Reservation is { } r)
        {
            if (r.Executor != o.Self) return null;
            if (mine) return new StartInPlace(x);
            return r.TokenHash is null ? new SpawnProcess(x) : null;
        }
        if (x.Status == SupervisorStatus.ShuttingDown)
        {
            if (mine) return new StopProgram(x);
            var near = Able(s, o).Where(m => m.CanSpawn && m.Process.SharesPlaceWith(x.Place)).OrderBy(m => m.JoinedAt);
            return !s.IsPresent(x.Incarnation) && me.CanSpawn && me.Process.SharesPlaceWith(x.Place)
                && IsTurn(near, o, GroupSince.InState, x.SupervisorId, x.Since) ? new ReleaseOld(x) : null;
        }
        var alone = o.Timers.Elapsed(GroupSince.OwnerLost, x.SupervisorId, x.Run, o.NowMs);
        return mine && alone >= x.Settings.AdoptWithinMs ? new EndMyself(x) : null;
    }

    private static IEnumerable<GroupStep> ForCommands(GroupState s, GroupObservation o) =>
        s.Commands.Values.Where(c => c.To == o.Self && c.Status == CommandStatus.Sent).OrderBy(c => c.SentAt)
            .Select(c => new TakeCommand(c));

    /// <summary>What nobody answered in time: said by who made it, and a little later by the orchestrator.</summary>
    private static IEnumerable<GroupStep> Expiries(GroupState s, GroupObservation o)
    {
        foreach (var c in s.Commands.Values.Where(c => !c.IsOver))
        {
            if (IsOver(s, o, c.From, GroupSince.CommandOpen, c.CommandId, c.SentAt, c.DeadlineMs))
                yield return new ProposeToGroup(new CommandExpired(c.CommandId));
        }
        foreach (var i in s.Invitations.Values.Where(i => i.Status == InvitationStatus.Open))
        {
            if (IsOver(s, o, i.Inviter, GroupSince.InvitationOpen, i.InviteId, i.Position, InvitationMs))
                yield return new ProposeToGroup(new InvitationExpired(i.InviteId));
        }
    }

    private static bool IsOver(
        GroupState s, GroupObservation o, string by, GroupSince since, string name, long position, long limitMs)
    {
        var elapsed = o.Timers.Elapsed(since, name, position, o.NowMs);
        return (by == o.Self && elapsed >= limitMs) || (s.Acting == o.Self && elapsed >= limitMs + o.IntervalMs);
    }

    /// <summary>One member at each place sweeps it, the first that can spawn there; and whoever has just taken over, before it
    /// starts anything.</summary>
    private static bool MustSweep(GroupState s, GroupObservation o, GroupMember me)
    {
        if (o.SweptAtMs is { } at && o.NowMs - at < SweepEveryMs) return false;
        return IsSweeper(s, o, me) || (o.SweptAtMs is null && s.Acting == o.Self);
    }

    private static bool IsSweeper(GroupState s, GroupObservation o, GroupMember me) =>
        me.CanSpawn && Able(s, o).Where(m => m.CanSpawn && m.Process.SharesPlaceWith(me.Process)).MinBy(m => m.JoinedAt) == me;
}
