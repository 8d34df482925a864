using Ledger.Model;
using Ledger.Model.Groups;
using GroupApplied = Ledger.Runtime.Replication.Applied<
    Ledger.Model.Groups.GroupState, Ledger.Model.Groups.GroupEntry, Ledger.Model.Groups.GroupOutcome>;

namespace Ledger.Runtime.Groups;

/// <summary>Says in the log and counts what happened in a group. Once in the whole group: by the orchestrator, and of a
/// departure by whoever concluded it. Who leaves in good order makes no noise at all.</summary>
internal static class GroupTelling
{
    /// <summary>Of each entry that took effect, in order. Within the replica's critical section: logs and counts
    /// only.</summary>
    public static void Tell(GroupRuntime group, GroupApplied applied)
    {
        foreach (var happened in applied.Outcome.Events)
        {
            switch (happened)
            {
                case GroupAlert alert when applied.State.Acting == group.Self:
                    Alert(group, alert);
                    break;
                case MembershipChanged { Departure: DepartureReason.Crashed } m when applied.Entry.Incarnation == group.Self
                    && applied.Entry.Data is MemberCrashed crash:
                    LedgerMetrics.CrashSeen(crash.Evidence);
                    Messages.GroupAccused(group.Ledger.Log, group.GroupId, m.ParticipantId, m.Incarnation,
                        Wire.Name(crash.Evidence), crash.StaleForMs);
                    break;
                case CommandChanged { Command: { IsOver: true } command } when command.From == group.Self:
                    LedgerMetrics.CommandEnded(command.Status);
                    break;
            }
        }
    }

    private static void Alert(GroupRuntime group, GroupAlert alert)
    {
        LedgerMetrics.Alerted(alert.Kind);
        if (alert.Kind is AlertKind.OrchestratorTakeover or AlertKind.SupervisorRestarted)
            Messages.GroupNotice(group.Ledger.Log, group.GroupId, Wire.Name(alert.Kind), alert.Subject, alert.Reason);
        else Messages.GroupAlert(group.Ledger.Log, group.GroupId, Wire.Name(alert.Kind), alert.Subject, alert.Reason);
    }
}
