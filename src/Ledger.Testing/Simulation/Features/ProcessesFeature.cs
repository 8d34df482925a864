namespace Ledger.Testing.Simulation.Features;

/// <summary>Processes start, end in good order, are killed, stopped and let go on, and start again under their ids.</summary>
internal sealed class ProcessesFeature : SimulationFeature
{
    private const int MostIds = 9;

    public override string Name => "process";

    public override IReadOnlyList<(string Verb, int Weight)> Verbs =>
        [("start", 4), ("kill", 5), ("stop", 5), ("goOn", 5), ("restart", 4), ("quit", 1)];

    public override void Begin(SimulationWorld world)
    {
        var lottery = new Lottery(world.Seed ^ 0x57a7);
        var count = 2 + Math.Min(lottery.Below(7), lottery.Below(7));
        for (var n = 0; n < count; n++) world.Start($"p{n}", world.Hosts[lottery.Below(world.Hosts.Count)]);
    }

    public override void Take(SimulationWorld world, SimulationStep step)
    {
        var there = world.Actors.Where(a => a.IsThere).ToList();
        switch (step.Verb)
        {
            case "start":
                world.Start($"p{step.Throw(0, MostIds)}", step.Choose(1, world.Hosts)!);
                break;
            case "restart" when step.Choose(0, world.Actors.Where(a => !a.IsThere).ToList()) is { } gone:
                world.Start(gone.Id, gone.Host);
                break;
            case "kill" when step.Choose(0, there) is { } victim:
                world.CountFault("kill");
                victim.Process.Crash();
                break;
            case "stop" when step.Choose(0, there.Where(a => a.IsAwake).ToList()) is { } awake:
                world.CountFault("stop");
                awake.WasTroubled = true;
                awake.Process.Freeze();
                break;
            case "goOn" when step.Choose(0, there.Where(a => a.Process.IsFrozen).ToList()) is { } frozen:
                frozen.Process.GoOn();
                break;
            case "quit" when world.Who(step) is { } actor:
                Quit(world, actor);
                break;
        }
    }

    /// <summary>Some of those that are stopped stay so: others declare them crashed. Some host may have nobody left.</summary>
    public override void Calm(SimulationWorld world)
    {
        foreach (var frozen in world.Actors.Where(a => a is { IsThere: true, Process.IsFrozen: true }).ToList())
        {
            if ((world.Seed + (ulong)frozen.Number) % 3 > 0) frozen.Process.GoOn();
        }
        foreach (var host in world.Hosts) world.Start($"janitor-{host}", host);
    }

    private static void Quit(SimulationWorld world, SimulationActor actor)
    {
        actor.IsLeaving = true;
        world.Do(actor, "quit", async () =>
        {
            try
            {
                await actor.Process.Participant.StopAsync("it quits").ConfigureAwait(false);
            }
            finally
            {
                // Behind whatever made it end, so that nothing of it is still on the way.
                if (actor.IsThere) world.After(TimeSpan.Zero, actor.Process.Crash);
            }
        });
    }
}
