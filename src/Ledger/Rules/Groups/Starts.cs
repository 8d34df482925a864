using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>The part of the group's fold that starts supervisors: reserve, spawn, activate. Only an accepted activation lets
/// a program run, so whoever wakes up after its reservation is void starts nothing.</summary>
internal static class Starts
{
    public static string? Reserved(GroupTransition t, GroupEntry e, StartReserved d)
    {
        var s = t.State;
        if (s.Supervisors.GetValueOrDefault(d.SupervisorId) is not { } x) return GroupReasons.UnknownSupervisor;
        if (x.StopWanted) return GroupReasons.StopWanted;
        if (SupervisorTable.Next(x.Status, SupervisorEvent.Reserve) is null)
            return $"{GroupReasons.WrongState}: {x.SupervisorId} is {Wire.Name(x.Status)}";
        if (d.Attempt != x.Attempts) return $"{GroupReasons.StaleAttempt}: {x.Attempts}";
        var awaited = Dependencies.Awaited(s, x);
        if (awaited.Count > 0) return $"{GroupReasons.DependencyNotRunning}: {string.Join(", ", awaited)}";
        if (!MayExecute(s, x, d.Executor)) return GroupReasons.WrongExecutor;
        var spawns = d.Executor != x.Incarnation;
        if (d.TokenHash is not null && (d.Executor != e.Incarnation || !spawns || d.TokenHash.Length > GroupLimits.NameLength))
            return GroupReasons.WrongToken;
        return t.Step(
            x with { Run = t.Position, Reservation = new Reservation(d.Executor, d.Attempt, d.TokenHash) },
            SupervisorEvent.Reserve, null);
    }

    /// <summary>Whoever runs it starts it again where it stands; if that one is gone, anyone who can spawn at its
    /// place.</summary>
    public static bool MayExecute(GroupState s, SupervisorEntry x, string incarnation)
    {
        if (!x.Settings.Restartable || s.Members.GetValueOrDefault(incarnation) is not { Status: GroupMemberStatus.Joined } m)
            return false;
        if (s.IsPresent(x.Incarnation)) return incarnation == x.Incarnation;
        return m.CanSpawn && m.Process.SharesPlaceWith(x.Place);
    }

    public static string? Taken(GroupTransition t, GroupEntry e, StartTaken d)
    {
        if (Of(t, d, out var x) is { } no) return no;
        if (x.Reservation is not { } r) return $"{GroupReasons.WrongState}: {Wire.Name(x.Status)}";
        if (r.Executor != e.Incarnation || x.Incarnation == e.Incarnation) return GroupReasons.WrongExecutor;
        if (r.TokenHash is not null) return GroupReasons.AlreadyTaken;
        if (d.TokenHash.Length > GroupLimits.NameLength) return GroupReasons.TooLong;
        t.Put(x with { Reservation = r with { TokenHash = d.TokenHash } });
        return null;
    }

    public static string? Activated(GroupTransition t, GroupEntry e, SupervisorActivated d)
    {
        if (Of(t, d, out var x) is { } no) return no;
        if (x.Reservation is not { } r) return $"{GroupReasons.WrongState}: {Wire.Name(x.Status)}";
        var inPlace = r.Executor == x.Incarnation;
        if (inPlace && e.Incarnation != r.Executor) return GroupReasons.WrongExecutor;
        if (!inPlace && (r.TokenHash is null || d.Proof is null || Invitations.Hash(d.Proof) != r.TokenHash))
            return GroupReasons.WrongToken;
        if (d.Program is { StartToken.Length: > GroupLimits.NameLength }) return GroupReasons.TooLong;
        var refused = t.Step(
            x with
            {
                Incarnation = e.Incarnation,
                Owner = inPlace ? x.Owner : r.Executor,
                OwnerLost = inPlace && x.OwnerLost,
                Place = t.State.Members[e.Incarnation].Process,
                Program = d.Program,
                BackoffMs = 0,
            },
            SupervisorEvent.Run, null);
        if (refused is null && r.Attempt > 0) t.Alert(AlertKind.SupervisorRestarted, x.SupervisorId, $"restart {r.Attempt}");
        return refused;
    }

    /// <summary>The supervisor in the run an entry is about, or why there is none.</summary>
    public static string? Of(GroupTransition t, RunEntry d, out SupervisorEntry x) => Of(t, d.SupervisorId, d.Run, out x);

    /// <inheritdoc cref="Of(GroupTransition, RunEntry, out SupervisorEntry)"/>
    public static string? Of(GroupTransition t, string id, long run, out SupervisorEntry x)
    {
        x = t.State.Supervisors.GetValueOrDefault(id)!;
        if (x is null) return GroupReasons.UnknownSupervisor;
        return x.Run == run ? null : $"{GroupReasons.StaleRun}: {x.Run}";
    }
}
