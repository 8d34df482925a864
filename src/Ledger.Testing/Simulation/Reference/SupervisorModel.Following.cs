using Ledger.Model.Groups;

namespace Ledger.Testing.Simulation.Reference;

/// <summary>What becomes of supervisors by what happens to others, or by their state alone.</summary>
internal sealed partial class SupervisorModel
{
    /// <summary>What follows, until nothing more does.</summary>
    private void Settle(long position, string now)
    {
        while (all.Values.Any(s => Follow(s, position, now))) { }
    }

    /// <summary>One step of one supervisor; false if none follows.</summary>
    private bool Follow(ModelSupervisor s, long position, string now)
    {
        var before = (s.Status, s.Since);
        if (s.StopWanted)
        {
            if (!all.Values.Any(o => Holds(o, s))) Stop(s, position);
        }
        else if (s.Status == SupervisorStatus.Failed)
        {
            if (s.IsStarted) Schedule(s, position, now);
            else if (!s.ComesBack) s.Go(SupervisorStatus.Dead, position);
        }
        else if (s.Status is SupervisorStatus.WaitingForDependencies or SupervisorStatus.RestartScheduled && Dependencies(s)
            .Any(o => o.Status == SupervisorStatus.Dead)) s.Go(SupervisorStatus.Dead, position);
        else if (s.Status is SupervisorStatus.Registered or SupervisorStatus.WaitingForDependencies)
        {
            if (!DependenciesRun(s)) Wait(s, position);
            else if (!s.IsStarted && s.Runner is not null) s.Go(SupervisorStatus.Running, position);
        }
        return (s.Status, s.Since) != before;
    }

    private static void Wait(ModelSupervisor s, long position)
    {
        if (s.Status == SupervisorStatus.Registered) s.Go(SupervisorStatus.WaitingForDependencies, position);
    }

    private static void Schedule(ModelSupervisor s, long position, string now)
    {
        var policy = s.Settings.StartInfo!.RestartPolicy;
        if (s.Attempts >= policy.MaxAttempts)
        {
            s.Go(SupervisorStatus.Dead, position);
            return;
        }
        s.Attempts++;
        var waits = policy.BackoffIntervalsMs;
        (s.BackoffMs, s.LastRestartAttempt) = (waits.IsEmpty ? 0 : waits[Math.Min(s.Attempts, waits.Length) - 1], now);
        s.Go(SupervisorStatus.RestartScheduled, position);
    }

    /// <summary>Whoever may live keeps all that it depends on, at any distance, from stopping.</summary>
    private bool Holds(ModelSupervisor o, ModelSupervisor s) => o.MayLive && DependsOn(o, s.Id);

    /// <summary>What has nothing that could live has stopped; the program of any other one is to be ended first.</summary>
    private static void Stop(ModelSupervisor s, long position)
    {
        if (s.Status is SupervisorStatus.ShuttingDown or SupervisorStatus.Stopped) return;
        s.Go(s.MayLive ? SupervisorStatus.ShuttingDown : SupervisorStatus.Stopped, position);
    }

    private void RequestStop(StopRequested d)
    {
        foreach (var s in all.Values.Where(s => s.Status != SupervisorStatus.Stopped))
            if (d.SupervisorId is null || Same(s.Id, d.SupervisorId) || DependsOn(s, d.SupervisorId)) s.StopWanted = true;
    }

    /// <summary>A member is gone. Who left by itself had ended its programs; of anybody else's nothing is known.</summary>
    private void Lose(string gone, bool byItself, long position)
    {
        foreach (var s in all.Values)
        {
            var (ran, started) = (s.Runner == gone, s.Reservation?.Executor == gone);
            if (s.Owner == gone) (s.Owner, s.OwnerLost) = (null, s.Settings.Mode == SupervisorMode.Independent && !ran);
            if (ran) s.Runner = null;
            if (!ran && !started) continue;
            if (s.IsOver) continue;
            if (byItself && ran) s.Go(SupervisorStatus.Stopped, position);
            else if (s.Status == SupervisorStatus.ShuttingDown) s.Go(SupervisorStatus.Stopped, position);
            else if (!s.IsStarted && !s.ComesBack) s.Go(SupervisorStatus.Dead, position);
            else if (s.IsThere) s.Go(SupervisorStatus.Failed, position);
        }
    }

    /// <summary>Who takes over alone, and runs nothing, begins afresh: with what it registered itself, and, if it wants them, with
    /// the programs that others had.</summary>
    private void BeginAfresh(GroupEntry e, OrchestratorTakenOver d, long position)
    {
        if (group.Members.Values.Count(m => m.Left == 0) > 1 || all.Values.Any(s => s.Runner == e.Incarnation && s.IsThere)) return;
        var here = Member(e.Incarnation).Process;
        foreach (var old in all.Values.Where(s => s.Runner is null && s.Place != here).ToList())
        {
            all.Remove(old.Id);
            if (!d.KeepStartInfos || !old.IsStarted) continue;
            var program = old.Place.SharesPlaceWith(here) ? old.Program : null;
            var s = new ModelSupervisor(old.Id, old.Settings, position) { Place = here, Run = old.Run, Program = program };
            s.Go(SupervisorStatus.Registered, position);
            all[s.Id] = s;
        }
    }

    private IEnumerable<ModelSupervisor> Dependencies(ModelSupervisor s) =>
        s.Settings.Dependencies.Select(id => all.GetValueOrDefault(id)).OfType<ModelSupervisor>();

    private bool DependenciesRun(ModelSupervisor s) =>
        s.Settings.Dependencies.All(id => all.GetValueOrDefault(id) is { Status: SupervisorStatus.Running, StopWanted: false });

    /// <summary>Directly, or through others.</summary>
    private bool DependsOn(ModelSupervisor s, string id) =>
        s.Settings.Dependencies.Any(d => Same(d, id)) || Dependencies(s).Any(o => DependsOn(o, id));
}
