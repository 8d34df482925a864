using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>The part of the group's fold that deals with which supervisors there are.</summary>
internal static class Registering
{
    public static string? Registered(GroupTransition t, GroupEntry e, GroupSupervisorRegistered d)
    {
        var s = t.State;
        if (s.Members[e.Incarnation].Status == GroupMemberStatus.Draining) return GroupReasons.Draining;
        var present = s.Supervisors.GetValueOrDefault(d.SupervisorId);
        if (present is not null && present.SupervisorId != d.SupervisorId)
            return $"{Reasons.DiffersInCase}: {d.SupervisorId}, {present.SupervisorId}";
        if (present is null && s.Supervisors.Count >= GroupLimits.Supervisors)
            return $"{Reasons.LimitReached}: {GroupLimits.Supervisors} supervisors";
        if (Fault(d) is { } fault) return fault;
        if (Dependencies.Fault(s, d.SupervisorId, d.Settings.Dependencies) is { } no) return no;
        if (present is not null && IsTaken(s, e, present)) return $"{GroupReasons.SupervisorAlive}: {d.SupervisorId}";
        var place = s.Members[e.Incarnation].Process;
        var fresh = new SupervisorEntry(d.SupervisorId, d.Settings, place, t.Position)
        {
            Since = t.Position,
            Incarnation = d.RunsItself ? e.Incarnation : null,
            Run = t.Position,
            Program = present?.Place.SharesPlaceWith(place) == true ? present.Program : null,
        };
        t.Put(fresh);
        t.Note(new SupervisorChanged(d.SupervisorId, present?.Status, SupervisorStatus.Registered, null));
        return null;
    }

    /// <summary>It may still have a program, here or at another place, or another living member has it.</summary>
    private static bool IsTaken(GroupState s, GroupEntry e, SupervisorEntry present)
    {
        if (SupervisorTable.Next(present.Status, SupervisorEvent.Register) is null) return true;
        if (SupervisorTable.IsOver(present.Status) || present.Incarnation == e.Incarnation) return false;
        var elsewhere = !present.Place.SharesPlaceWith(s.Members[e.Incarnation].Process);
        return s.IsPresent(present.Incarnation) || (present.Program is not null && elsewhere);
    }

    private static string? Fault(GroupSupervisorRegistered d)
    {
        var x = d.Settings;
        if (!d.RunsItself && !x.Restartable) return $"{GroupReasons.WrongExecutor}: nobody could start it";
        if (x.Dependencies.Length > GroupLimits.Dependencies)
            return $"{Reasons.LimitReached}: {GroupLimits.Dependencies} dependencies";
        if (x.Ports.Length > GroupLimits.Ports) return $"{Reasons.LimitReached}: {GroupLimits.Ports} ports";
        if (x.StartInfo is not { } i) return null;
        var length = i.Command.Length + i.Args.Sum(a => a.Length + 1) + (i.WorkingDirectory?.Length ?? 0)
            + i.EnvironmentNames.Sum(n => n.Length + 1) + (i.EnvironmentFile?.Length ?? 0) + x.Launcher.Sum(l => l.Length + 1);
        if (length > GroupLimits.StartInfoLength) return $"{GroupReasons.TooLong}: a start info of {length} characters";
        return Restarts.Fault(i.RestartPolicy) is { } wrong ? $"{Reasons.LimitReached}: {wrong}" : null;
    }

    public static string? Unregistered(GroupTransition t, GroupEntry e, SupervisorUnregistered d)
    {
        if (t.State.Supervisors.GetValueOrDefault(d.SupervisorId) is not { } x) return GroupReasons.UnknownSupervisor;
        if (x.Incarnation != e.Incarnation && t.State.Acting != e.Incarnation) return GroupReasons.NotYours;
        if (!SupervisorTable.IsOver(x.Status)) return $"{GroupReasons.WrongState}: {Wire.Name(x.Status)}";
        var dependants = Dependencies.Dependants(t.State, d.SupervisorId).Where(y => !SupervisorTable.IsOver(y.Status))
            .Select(y => y.SupervisorId).ToList();
        if (dependants.Count > 0) return $"{GroupReasons.HasDependants}: {string.Join(", ", dependants)}";
        Remove(t, x, "unregistered");
        return null;
    }

    public static void Remove(GroupTransition t, SupervisorEntry x, string reason)
    {
        t.State = t.State with { Supervisors = t.State.Supervisors.Remove(x.SupervisorId) };
        t.Note(new SupervisorChanged(x.SupervisorId, x.Status, null, reason));
    }
}
