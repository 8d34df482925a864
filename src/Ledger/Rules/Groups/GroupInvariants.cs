using System.Diagnostics;
using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>What holds in every state of a group. Checked after every fold in debug builds, and so in every test.</summary>
internal static class GroupInvariants
{
    [Conditional("DEBUG")]
    public static void Check(GroupState s)
    {
        var fault = Fault(s);
        if (fault is not null) throw new InvalidOperationException($"Invariant broken at position {s.Position}: {fault}");
    }

    public static string? Fault(GroupState s)
    {
        if (s.Acting is { } acting && !s.IsPresent(acting)) return "the orchestrator is gone, and acts";
        foreach (var m in s.Members.Values)
        {
            if (m.IsPresent != (m.Departure is null) || m.IsPresent != (m.LeftAt == 0)) return $"{m.Incarnation} is half gone";
        }
        foreach (var x in s.Supervisors.Values)
        {
            if (Fault(s, x) is { } fault) return $"supervisor {x.SupervisorId}: {fault}";
        }
        foreach (var c in s.Commands.Values)
        {
            if (!c.IsOver && !s.IsPresent(c.To)) return $"command {c.CommandId} waits for who is gone";
            if (c.IsOver != (c.EndedAt > 0)) return $"command {c.CommandId} is half over";
        }
        foreach (var b in s.Barriers.Values)
        {
            if (b.Waiting.IsEmpty != (b.CompletedAt > 0)) return $"barrier {b.BarrierId} is half complete";
            if (b.Waiting.Any(i => !s.IsPresent(i))) return $"barrier {b.BarrierId} waits for who is gone";
        }
        return null;
    }

    private static string? Fault(GroupState s, SupervisorEntry x)
    {
        if ((x.Status == SupervisorStatus.Starting) != (x.Reservation is not null)) return "state and reservation differ";
        if (x.Reservation is { } r && !s.IsPresent(r.Executor)) return "its executor is gone";
        if (x.Incarnation is not null && !s.IsPresent(x.Incarnation)) return "who runs it is gone";
        if (x.Status == SupervisorStatus.Running && x.Incarnation is null) return "it runs, and nobody runs it";
        if (x.Owner is not null && !s.IsPresent(x.Owner)) return "its owner is gone";
        return x.StopWanted && Dependencies.Dependants(s, x.SupervisorId).Any(d => SupervisorTable.MayLive(d.Status) && !d.StopWanted)
            ? "it is to stop, and a dependant is not" : null;
    }
}
