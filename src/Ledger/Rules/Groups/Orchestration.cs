using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>The part of the group's fold that deals with the orchestrator.</summary>
internal static class Orchestration
{
    public static string? TakenOver(GroupTransition t, GroupEntry e, OrchestratorTakenOver d)
    {
        var s = t.State;
        if (s.Term != d.ExpectedTerm) return $"{GroupReasons.StaleTerm}: {s.Term}";
        if (s.Acting is { } present) return $"{GroupReasons.OrchestratorAlive}: {s.Members[present].ParticipantId}";
        var member = s.Members[e.Incarnation];
        if (member.Status == GroupMemberStatus.Draining) return GroupReasons.Draining;
        if (!member.CanOrchestrate) return GroupReasons.CannotOrchestrate;
        t.Put(new Orchestrator(d.ExpectedTerm + 1, e.Incarnation, OrchestratorStatus.Starting));
        t.Alert(AlertKind.OrchestratorTakeover, e.ParticipantId, $"term {d.ExpectedTerm + 1}");
        // Who runs a supervisor is no newcomer but the group's last survivor: what the others had is to come back.
        var survives = s.Supervisors.Values.Any(x => x.Incarnation == e.Incarnation && SupervisorTable.MayLive(x.Status));
        var alone = s.Members.Values.All(m => m.Incarnation == e.Incarnation || !m.IsPresent);
        if (alone && !survives) StartAfresh(t, member, d.KeepStartInfos);
        return null;
    }

    /// <summary>Nobody else lives: what the dead had registered goes, or begins anew at the newcomer's place.</summary>
    private static void StartAfresh(GroupTransition t, GroupMember newcomer, bool keep)
    {
        foreach (var lost in t.State.Supervisors.Values.Where(x => !t.State.IsPresent(x.Incarnation) && x.Place != newcomer.Process))
        {
            if (keep && lost.Settings.Restartable)
            {
                t.Put(lost with
                {
                    Status = SupervisorStatus.Registered,
                    Since = t.Position,
                    RegisteredAt = t.Position,
                    Place = newcomer.Process,
                    Program = lost.Place.SharesPlaceWith(newcomer.Process) ? lost.Program : null,
                    Attempts = 0,
                    BackoffMs = 0,
                    StopWanted = false,
                    Reservation = null,
                    Reason = null,
                });
                if (lost.Status != SupervisorStatus.Registered)
                    t.Note(new SupervisorChanged(lost.SupervisorId, lost.Status, SupervisorStatus.Registered, "started afresh"));
            }
            else Registering.Remove(t, lost, "started afresh");
        }
    }

    public static string? Goes(GroupTransition t, OrchestratorStatus to)
    {
        var o = t.State.Orchestrator!;
        var follows = to == OrchestratorStatus.Running ? o.Status == OrchestratorStatus.Starting : o.Status < to;
        if (!follows) return $"{GroupReasons.WrongState}: {Wire.Name(o.Status)}";
        t.Put(o with { Status = to });
        return null;
    }

    public static string? Swept(GroupTransition t, GroupEntry e, OrphansFound d)
    {
        if (d.Count <= 0) return GroupReasons.WrongState;
        t.State = t.State with { OrphansFound = t.State.OrphansFound + d.Count };
        t.Alert(AlertKind.OrphansFound, e.ParticipantId, GroupTransition.Cut(d.Details) ?? $"{d.Count} processes");
        return null;
    }
}
