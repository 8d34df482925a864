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
