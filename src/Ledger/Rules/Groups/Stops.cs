using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>The part of the group's fold that ends runs of supervisors: failures, stops, and what is left when a member is
/// gone.</summary>
internal static class Stops
{
    public static string? Failed(GroupTransition t, GroupEntry e, SupervisorFailed d)
    {
        if (Starts.Of(t, d, out var x) is { } no) return no;
        if (!Runs(x, e.Incarnation)) return GroupReasons.NotYours;
        return t.Step(x, SupervisorEvent.Fail, $"{d.Step}: {d.Reason}");
    }

    public static string? TimedOut(GroupTransition t, StartTimedOut d)
    {
        if (Starts.Of(t, d.SupervisorId, d.Run, out var x) is { } no) return no;
        if (x.Status != SupervisorStatus.Starting) return $"{GroupReasons.WrongState}: {Wire.Name(x.Status)}";
        return t.Step(x, SupervisorEvent.Fail, $"activation: not within {x.Settings.StartTimeoutMs} ms");
    }

    public static string? Held(GroupTransition t, GroupEntry e, ResourcesHeld d)
    {
        if (Starts.Of(t, d, out var x) is { } no) return no;
        if (x.Reservation is not { } r) return $"{GroupReasons.WrongState}: {Wire.Name(x.Status)}";
        if (r.Executor != e.Incarnation) return GroupReasons.WrongExecutor;
        var reason = GroupTransition.Cut(string.Join("; ", d.Reasons));
        t.Alert(AlertKind.ResourcesNotReleased, x.SupervisorId, reason);
        return t.Step(x, SupervisorEvent.Fail, reason);
    }

    public static string? GivenUp(GroupTransition t, SupervisorGivenUp d)
    {
        if (Starts.Of(t, d.SupervisorId, d.Run, out var x) is { } no) return no;
        return t.Step(x, SupervisorEvent.GiveUp, d.Reason);
    }

    public static string? Reset(GroupTransition t, AttemptsReset d)
    {
        if (Starts.Of(t, d.SupervisorId, d.Run, out var x) is { } no) return no;
        if (x.Status != SupervisorStatus.Running || x.Attempts == 0) return $"{GroupReasons.WrongState}: {Wire.Name(x.Status)}";
        t.Put(x with { Attempts = 0 });
        return null;
    }

    /// <summary>Only wishes: who may stop now is settled afterwards, dependants first.</summary>
    public static string? StopWanted(GroupTransition t, StopRequested d)
    {
        if (d.SupervisorId is { } id)
        {
            if (t.State.Supervisors.GetValueOrDefault(id) is not { } x) return GroupReasons.UnknownSupervisor;
            if (d.RegisteredAt is { } at && at != x.RegisteredAt) return $"{GroupReasons.StaleRun}: registered at {x.RegisteredAt}";
            if (x.StopWanted) return GroupReasons.StopWanted;
        }
        IEnumerable<string> all = d.SupervisorId is null
            ? t.State.Supervisors.Keys : Dependencies.WithDependants(t.State, d.SupervisorId);
        foreach (var x in all.Select(i => t.State.Supervisors[i]).Where(x => x.Status != SupervisorStatus.Stopped).ToList())
            t.Put(x with { StopWanted = true });
        return null;
    }

    public static string? Stopped(GroupTransition t, GroupEntry e, SupervisorStopped d)
    {
        if (Starts.Of(t, d, out var x) is { } no) return no;
        if (x.Status != SupervisorStatus.ShuttingDown) return $"{GroupReasons.WrongState}: {Wire.Name(x.Status)}";
        if (!MayConfirm(t.State, x, e.Incarnation)) return GroupReasons.NotYours;
        return t.Step(x, SupervisorEvent.Stopped, d.Reason ?? "stopped");
    }

    /// <summary>Who may say that its program is gone: who runs it; else who is at its place; else the orchestrator.</summary>
    public static bool MayConfirm(GroupState s, SupervisorEntry x, string incarnation)
    {
        if (s.IsPresent(x.Incarnation)) return incarnation == x.Incarnation;
        if (s.Members[incarnation].Process.SharesPlaceWith(x.Place)) return true;
        return incarnation == s.Acting && !CanBeReleased(s, x);
    }

    /// <summary>Somebody at its place can prove its program gone.</summary>
    public static bool CanBeReleased(GroupState s, SupervisorEntry x) =>
        s.Members.Values.Any(m => m is { IsPresent: true, CanSpawn: true } && m.Process.SharesPlaceWith(x.Place));

    public static string? Adopted(GroupTransition t, GroupEntry e, SupervisorAdopted d)
    {
        if (Starts.Of(t, d.SupervisorId, d.Run, out var x) is { } no) return no;
        if (!x.OwnerLost) return GroupReasons.NotAdoptable;
        t.Put(x with { Owner = e.Incarnation, OwnerLost = false });
        return null;
    }

    /// <summary>A member is gone: what it ran has failed, or is stopped if it left by itself; what it was starting for another has
    /// failed; what it had spawned lost its owner.</summary>
    public static void Bereave(GroupTransition t, string incarnation, DepartureReason why, string reason)
    {
        foreach (var id in t.State.Supervisors.Keys)
        {
            var x = t.State.Supervisors[id];
            if (x.Owner == incarnation)
            {
                x = x with { Owner = null, OwnerLost = x.Settings.Mode == SupervisorMode.Independent && x.Incarnation != incarnation };
                t.Put(x);
            }
            if (Runs(x, incarnation)) Lose(t, x, incarnation, why, reason);
        }
    }

    private static void Lose(GroupTransition t, SupervisorEntry x, string incarnation, DepartureReason why, string reason)
    {
        var ran = x.Incarnation == incarnation;
        if (ran) x = x with { Incarnation = null };
        t.Put(x);
        var settings = x.Settings;
        if (why == DepartureReason.Normal && !SupervisorTable.IsOver(x.Status) && ran)
        {
            // It ended its program before it left.
            t.Step(x, SupervisorEvent.Stop, reason);
            x = t.State.Supervisors[x.SupervisorId];
            t.Step(x, SupervisorEvent.Stopped, reason);
            return;
        }
        t.Step(x, SupervisorEvent.Fail, reason);
        x = t.State.Supervisors[x.SupervisorId];
        if (!settings.Restartable && !settings.ComesBack) t.Step(x, SupervisorEvent.GiveUp, reason);
    }

    /// <summary>Whether it is the one who runs the supervisor, or starts it now.</summary>
    private static bool Runs(SupervisorEntry x, string incarnation) =>
        x.Reservation is { } r ? r.Executor == incarnation || x.Incarnation == incarnation : x.Incarnation == incarnation;
}
