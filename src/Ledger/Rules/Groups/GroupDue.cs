using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>When the rules must look again though nothing changes. What is measured in many seconds waits for the next tick;
/// this is about what somebody waits for.</summary>
internal static class GroupDue
{
    /// <summary>On the observer's clock, in milliseconds; null: the next tick is early enough.</summary>
    public static long? AtMs(GroupState s, GroupObservation o)
    {
        var isTurns = (s.Acting is null && s.Members.Values.Any(m => m is { CanOrchestrate: true, Status: GroupMemberStatus.Joined }))
            || o.Liveness.Any(v => v.Value.Grade == Grade.Dead && s.IsPresent(v.Key))
            || s.Supervisors.Values.Any(x => x.Status == SupervisorStatus.ShuttingDown && !s.IsPresent(x.Incarnation));
        if (isTurns) return o.NowMs + (GroupPlan.StaggerMs / 2);
        if (s.Acting != o.Self) return null;
        var waits = s.Supervisors.Values.Where(x => x.Status == SupervisorStatus.RestartScheduled && GroupPlan.IsStartable(s, x))
            .Select(x => x.BackoffMs - (o.Timers.Elapsed(GroupSince.InState, x.SupervisorId, x.Since, o.NowMs) ?? 0))
            .Where(ms => ms > 0).ToList();
        return waits.Count == 0 ? null : o.NowMs + waits.Min();
    }
}
