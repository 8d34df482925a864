using Ledger.Groups;
using Ledger.Model.Groups;
using Ledger.Testing.Simulation;
using Ledger.Testing.Simulation.Supervision;

namespace Ledger.Testing.Tests.Simulation;

/// <summary>A supervisor that is taken off the list, and registered anew while what ran for it still lives: nobody's record
/// names that program any more.</summary>
public sealed class ForgottenProgramsTests
{
    private static readonly SupervisorSettings Stubborn = new()
    {
        StartInfo = new StartInfo("stubborn", [], null, [], null, new RestartPolicy(4, [0], 6_000)),
        StopGraceMs = 400,
    };

    private readonly SimulationWorld world = new(1, new SimulationOptions(), null);

    [Fact]
    public void A_group_that_starts_afresh_ends_what_the_dead_left_before_it_starts_that_again()
    {
        var old = Join("old");
        Register(old);
        Until(() => world.Stage.Runs is [{ IsAlive: true }]);
        old.Actor.Process.Crash();
        var newcomer = Join("newcomer");
        Until(() => newcomer.Group is { IsOrchestrator: true, State.Supervisors.IsEmpty: true });
        Assert.True(world.Stage.Runs[0].IsAlive);

        Register(newcomer);

        Until(() => world.Stage.Runs.Count == 2); // throws when the first one lives
        Assert.False(world.Stage.Runs[0].IsAlive);
    }

    [Fact]
    public void A_supervisor_that_was_unregistered_after_a_crash_does_not_run_twice()
    {
        var orchestrator = Join("orchestrator");
        Until(() => orchestrator.Group is { IsOrchestrator: true });
        var old = Join("old");
        Register(old);
        Until(() => world.Stage.Runs is [{ IsAlive: true }]);
        Do(old, () => old.Group!.StopSupervisorAsync("S"));
        Until(() => Status() == SupervisorStatus.ShuttingDown);
        old.Actor.Process.Crash();
        Until(() => Status() == SupervisorStatus.Stopped);
        Assert.True(world.Stage.Runs[0].IsAlive);

        Do(orchestrator, () => orchestrator.Group!.UnregisterSupervisorAsync("S"));
        Register(orchestrator);

        Until(() => world.Stage.Runs.Count == 2); // throws when the first one lives
        Assert.False(world.Stage.Runs[0].IsAlive);
    }

    /// <summary>Otherwise it would be in the way of whatever the process had registered itself, whose marks it does not bear.</summary>
    [Fact]
    public void The_lifeline_of_a_spawned_process_goes_with_it_while_its_spawner_lives()
    {
        var spawner = Join("spawner");
        var once = Stubborn with { Launcher = ["ledger"], StartInfo = Stubborn.StartInfo! with { RestartPolicy = new RestartPolicy(0, [0], 6_000) } };
        Do(spawner, () => spawner.Group!.RegisterSupervisorAsync("S", once, null, runsItself: false));
        Until(() => world.Stage.Runs is [{ IsAlive: true }]);
        var spawned = world.Actors[^1];
        var (machine, pgid) = (world.Stage.MachineOf("h1"), spawned.Process.Participant.Core.Ledger.Process.Pid);
        Assert.Contains(machine.Members(pgid), p => p.IsLifeline);

        spawned.Process.Crash();

        Until(() => machine.Members(pgid).Count == 0);
        Assert.True(spawner.IsAwake);
    }

    private GroupSeat Join(string id)
    {
        var seat = new GroupSeat(world, world.Start(id, "h1")!, "g");
        Do(seat, () => seat.JoinAsync(new GroupOptions { CanOrchestrate = true, CanSpawn = true }));
        Until(() => seat.IsAwake);
        return seat;
    }

    private void Register(GroupSeat seat) => Do(seat, () => seat.Group!.RegisterSupervisorAsync("S", Stubborn, null, runsItself: true));

    private void Do(GroupSeat seat, Func<Task> work)
    {
        world.Ledger.Quietly(() => world.Ledger.Time.Hold(() => world.Do(seat.Actor, "a step", work)));
        Look();
    }

    private SupervisorStatus? Status() => world.Groups.Find("g")!.State.Supervisors.GetValueOrDefault("S")?.Status;

    private void Until(Func<bool> condition)
    {
        for (var steps = 0; !condition(); steps++)
        {
            Assert.True(steps < 1_000, "It never comes.");
            world.Ledger.Advance(TimeSpan.FromMilliseconds(10));
            Look();
        }
    }

    private void Look()
    {
        world.Groups.CatchUp();
        world.ThrowIfFaulty();
        world.Stage.Check();
    }
}
