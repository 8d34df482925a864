using Ledger.Model.Groups;
using Ledger.Testing.Simulation.Reference;
using Ledger.Testing.Simulation.Supervision;

namespace Ledger.Testing.Simulation.Features;

/// <summary>Supervisors are registered with programs that work, cannot be started, ignore what they are asked, hold ports; end by
/// themselves, and are stopped. Beside them are strangers. In the end each supervisor that should run runs once, and nothing
/// else does.</summary>
internal sealed class ProgramsFeature : SimulationFeature
{
    private const int MostSupervisors = 5;
    private static readonly string[] Commands = ["work", "work", "stubborn", "family", "server", "missing"];

    public override string Name => "program";

    public override IReadOnlyList<(string Verb, int Weight)> Verbs =>
        [("register", 20), ("unregister", 2), ("end", 12), ("stop", 6), ("stopAll", 1), ("port", 2), ("reuse", 3)];

    public override void Begin(SimulationWorld world)
    {
        foreach (var host in world.Hosts)
        {
            var machine = world.Stage.MachineOf(host);
            world.Stage.AddStranger(machine, machine.Start("stranger"));
        }
    }

    public override void Take(SimulationWorld world, SimulationStep step)
    {
        switch (step.Verb)
        {
            case "end" when step.Choose(0, [.. world.Stage.Runs.Where(r => r.IsAlive)]) is { } run:
                world.CountFault("program ends");
                run.Machine.Exit(run.Leader, 1);
                return;
            case "port":
                HoldPort(world, step);
                return;
            case "reuse" when step.Choose(0, [.. world.Stage.Runs.Where(r => !r.Machine.IsTaken(r.Leader.Pgid))]) is { } gone:
                world.CountFault("number reused");
                world.Stage.AddStranger(gone.Machine, gone.Machine.Reuse(gone.Leader, "stranger with an old number"));
                return;
        }
        if (step.Choose(0, [.. world.Stage.Seats.Where(s => s.IsAwake)]) is not { } seat) return;
        var id = $"S{step.Throw(1, MostSupervisors)}";
        switch (step.Verb)
        {
            case "register":
                var settings = Settings(step);
                var values = settings.StartInfo is null || step.Throw(9, 4, 3) ? null : new Dictionary<string, string> { ["SECRET"] = "hush" };
                world.Do(seat.Actor, $"register {id}", () => seat.Group!.RegisterSupervisorAsync(id, settings, values, runsItself: step.Throw(2, 4, 3)));
                break;
            case "unregister":
                world.Do(seat.Actor, $"unregister {id}", () => seat.Group!.UnregisterSupervisorAsync(id));
                break;
            case "stop" when step.Choose(1, Running(world, seat.GroupId)) is { } running:
                world.Do(seat.Actor, $"stop {running}", () => seat.Group!.StopSupervisorAsync(running));
                break;
            case "stopAll":
                world.Do(seat.Actor, "stop all", () => seat.Group!.StopSupervisorAsync(null));
                break;
        }
    }

    public override void Check(SimulationWorld world) => world.Stage.Check();

    public override string? Unfinished(SimulationWorld world)
    {
        foreach (var s in world.Groups.All.Select(g => g.State))
        {
            var open = s.Supervisors.Values.Select(x => Unfinished(world, s, x)).FirstOrDefault(u => u is not null);
            if (open is not null) return open;
        }
        var lost = world.Stage.Runs.FirstOrDefault(r => r.IsAlive
            && world.Groups.Find(r.Group)!.State.Supervisors.GetValueOrDefault(r.Supervisor) is not { Status: SupervisorStatus.Running });
        return lost is null ? null : $"{lost} lives, and should not";
    }

    private static string? Unfinished(SimulationWorld world, GroupState s, SupervisorEntry x)
    {
        var living = world.Stage.Runs.Count(r => r.Group == s.GroupId && r.Supervisor == x.SupervisorId && r.IsAlive);
        var words = $"of {s.GroupId} {ModelSupervisor.Text(x)}; {living} programs of it live";
        return x.Status switch
        {
            SupervisorStatus.Running => living == (x.Settings.Restartable ? 1 : 0) ? null : words,
            SupervisorStatus.Dead or SupervisorStatus.Stopped => null,
            SupervisorStatus.WaitingForDependencies or SupervisorStatus.RestartScheduled => x.Settings.Dependencies.Any(d =>
                s.Supervisors.GetValueOrDefault(d) is not { Status: SupervisorStatus.Running }) ? null : words,
            _ => words,
        };
    }

    private static List<string> Running(SimulationWorld world, string groupId) => [.. world.Groups.Find(groupId)!.State.Supervisors.Values
        .Where(x => x.Status is SupervisorStatus.Running or SupervisorStatus.Starting).Select(x => x.SupervisorId)];

    private static void HoldPort(SimulationWorld world, SimulationStep step)
    {
        var machine = world.Stage.MachineOf(step.Choose(0, world.Hosts)!);
        if (machine.Hold(7001) is not null) return;
        world.CountFault("port taken");
        var holder = world.Stage.AddStranger(machine, machine.Start("stranger with a port", 7001));
        world.After(TimeSpan.FromMilliseconds(500 + step.Throw(1, 10_000)), () => world.Stage.EndStranger(machine, holder));
    }

    private static SupervisorSettings Settings(SimulationStep step)
    {
        var number = step.Throw(1, MostSupervisors);
        var command = Commands[step.Throw(3, Commands.Length)];
        var isProgram = step.Throw(4, 8, 7);
        return new SupervisorSettings
        {
            StartInfo = isProgram ? new StartInfo(command, [], null, [], null, new RestartPolicy(4, [0, 300, 2_000], 6_000)) : null,
            Launcher = [step.Throw(5, 3, 1) ? "ledger-slow" : "ledger"],
            Mode = step.Throw(6, 4, 1) && isProgram ? SupervisorMode.Independent : SupervisorMode.Coupled,
            Ports = command == "server" ? [7001] : [],
            Dependencies = number > 0 && step.Throw(7, 3, 1) ? [$"S{step.Throw(8, number)}"] : [],
            StartTimeoutMs = 3_000,
            StopGraceMs = 400,
            AdoptWithinMs = 6_000,
        };
    }
}
