namespace Ledger.Testing.Simulation.Features;

/// <summary>Hosts lose the drive and get it back, sleep and wake, have their clocks set, and see the drive late.</summary>
internal sealed class HostsFeature : SimulationFeature
{
    /// <summary>How late a host may see what others changed. Heartbeats are judged with this much to spare.</summary>
    public static TimeSpan MostStale { get; } = TimeSpan.FromMilliseconds(600);

    private readonly Dictionary<string, List<SimulationActor>> asleep = new(StringComparer.Ordinal);
    private readonly HashSet<string> cutOff = new(StringComparer.Ordinal);

    public override string Name => "host";

    public override IReadOnlyList<(string Verb, int Weight)> Verbs => [("cut", 3), ("mend", 2), ("sleep", 2), ("wake", 2), ("clock", 2), ("fog", 3)];

    public override void Take(SimulationWorld world, SimulationStep step)
    {
        var host = step.Choose(0, world.Hosts)!;
        switch (step.Verb)
        {
            case "cut":
                Cut(world, host);
                break;
            case "mend":
                Mend(world, host);
                break;
            case "sleep":
                Sleep(world, host);
                break;
            case "wake":
                Wake(host);
                break;
            case "clock":
                world.CountFault("clock step");
                world.Ledger.ShiftClock(host, TimeSpan.FromMinutes(step.Throw(1, 4_000) - 2_000));
                break;
            case "fog":
                Fog(world, host, step);
                break;
        }
    }

    /// <summary>A process that was started while its host was cut off is cut off as well.</summary>
    public override void Check(SimulationWorld world)
    {
        foreach (var actor in world.Actors.Where(a => a.IsThere && cutOff.Contains(a.Host))) Set(actor, true);
    }

    public override void Calm(SimulationWorld world)
    {
        foreach (var host in world.Hosts)
        {
            Mend(world, host);
            Wake(host);
        }
    }

    private void Cut(SimulationWorld world, string host)
    {
        if (cutOff.Add(host)) world.CountFault("drive lost");
        foreach (var actor in On(world, host)) Set(actor, true);
    }

    private void Mend(SimulationWorld world, string host)
    {
        if (!cutOff.Remove(host)) return;
        foreach (var actor in On(world, host)) Set(actor, false);
    }

    private static void Set(SimulationActor actor, bool isCutOff)
    {
        actor.WasTroubled = true;
        actor.Process.Files.IsPartitioned = isCutOff;
    }

    private void Sleep(SimulationWorld world, string host)
    {
        var present = On(world, host).Where(a => a.IsAwake).ToList();
        if (asleep.ContainsKey(host) || present.Count == 0) return;
        asleep[host] = present;
        world.CountFault("sleep");
        foreach (var actor in present)
        {
            actor.WasTroubled = true;
            actor.Process.Time.Suspend(SuspendKind.Machine);
        }
    }

    private void Wake(string host)
    {
        if (!asleep.Remove(host, out var those)) return;
        foreach (var actor in those.Where(a => a.IsThere && a.Process.Time.IsSuspended)) actor.Process.Time.Resume();
    }

    private static void Fog(SimulationWorld world, string host, SimulationStep step)
    {
        if (world.HasEvents) return; // a local disk is seen as it is
        var view = world.Ledger.ViewOf(host);
        TimeSpan Some(int n) => step.Throw(n, 2) * step.Throw(n + 1, 10) * MostStale / 9;
        (view.NamesFor, view.ListingsFor, view.ContentsFor) = (Some(1), Some(3), Some(5));
        view.HasStaleHandles = step.Throw(7, 2, 1);
        if (view.HasStaleHandles || view.NamesFor + view.ListingsFor + view.ContentsFor > TimeSpan.Zero) world.CountFault("stale view");
    }

    private static IEnumerable<SimulationActor> On(SimulationWorld world, string host) =>
        world.Actors.Where(a => a.IsThere && a.Host == host);
}
