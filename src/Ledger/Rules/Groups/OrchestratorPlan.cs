using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>What the orchestrator does about the supervisors.</summary>
internal static class OrchestratorPlan
{
    public static IEnumerable<GroupStep> For(GroupState s, GroupObservation o)
    {
        if (s.Orchestrator!.Status == OrchestratorStatus.Starting && o.SweptAtMs is not null)
            yield return new ProposeToGroup(new OrchestratorReady(s.Term));
        // Nothing of its work is half done between entries: another can go on at once.
        if (s.Orchestrator.Status == OrchestratorStatus.ShuttingDown) yield return new ProposeToGroup(new OrchestratorStopped(s.Term));
        foreach (var x in s.Supervisors.Values)
        {
            if (ForSupervisor(s, o, x) is { } entry) yield return new ProposeToGroup(entry);
        }
    }

    private static GroupEntryData? ForSupervisor(GroupState s, GroupObservation o, SupervisorEntry x)
    {
        var inStateForMs = o.Timers.Elapsed(GroupSince.InState, x.SupervisorId, x.Since, o.NowMs) ?? 0;
        if (x.OwnerLost && SupervisorTable.MayLive(x.Status)) return new SupervisorAdopted(s.Term, x.SupervisorId, x.Run);
        switch (x.Status)
        {
            case SupervisorStatus.Starting when inStateForMs >= x.Settings.StartTimeoutMs:
                return new StartTimedOut(s.Term, x.SupervisorId, x.Run);
            case SupervisorStatus.Running when x.Attempts > 0 && x.Settings.StartInfo is { } i
                && Restarts.IsHealthy(i.RestartPolicy, inStateForMs):
                return new AttemptsReset(s.Term, x.SupervisorId, x.Run);
            case SupervisorStatus.ShuttingDown:
                return !s.IsPresent(x.Incarnation) && !Stops.CanBeReleased(s, x)
                    ? new SupervisorStopped(x.SupervisorId, x.Run, "nobody at its place is left") : null;
            default:
                return s.Orchestrator!.Status == OrchestratorStatus.Running && GroupPlan.IsStartable(s, x)
                    ? Start(s, o, x, inStateForMs) : null;
        }
    }

    /// <summary>When its wait is over. Whom the observer judges dead is not asked: its crash is about to be an entry.</summary>
    private static GroupEntryData? Start(GroupState s, GroupObservation o, SupervisorEntry x, long inStateForMs)
    {
        if (inStateForMs < x.BackoffMs) return null;
        var executor = s.Members.Values
            .Where(m => Starts.MayExecute(s, x, m.Incarnation) && !o.IsDead(m.Incarnation))
            .OrderByDescending(m => m.Incarnation == o.Self).ThenBy(m => m.JoinedAt).FirstOrDefault();
        if (executor is not null) return new StartReserved(s.Term, x.SupervisorId, x.Attempts, executor.Incarnation);
        var nobodyForMs = o.Timers.Elapsed(GroupSince.Unstartable, x.SupervisorId, x.Since, o.NowMs);
        return nobodyForMs >= x.Settings.StartTimeoutMs
            ? new SupervisorGivenUp(s.Term, x.SupervisorId, x.Run, "nobody at its place can start it") : null;
    }
}
