using Ledger.Groups;
using Ledger.Model;
using Ledger.Testing.Simulation;
using Ledger.Testing.Simulation.Features;
using Ledger.Testing.Simulation.Supervision;

namespace Ledger.Testing.Tests.Simulation;

/// <summary>What the simulation sees of its ledger.</summary>
public sealed class SimulationWorldTests
{
    private readonly SimulationWorld world = new(1, new SimulationOptions(), null);

    /// <summary>As while a process is stopped in the middle of creating it: nobody looks at the disk in between but time.</summary>
    [Fact]
    public void An_operation_that_comes_and_goes_while_time_goes_on_within_a_step_is_known()
    {
        var actor = world.Start("p", "h1")!;

        Step(() =>
        {
            world.Do(actor, "an operation", async () =>
            {
                var operation = await actor.Process.Participant.CreateOperationAsync("op").ConfigureAwait(false);
                await operation.CompleteAsync().ConfigureAwait(false);
            });
            world.Pass(TimeSpan.FromSeconds(20));
        });

        Assert.False(world.Ledger.Files.Directory.Exists("/ledger/operations/op.log"));
        Assert.Equal(OperationStatus.Completed, world.Reference.Find("op")?.Status);
        Assert.True(world.Reference.IsArchived("op"));
    }

    [Fact]
    public void Segments_that_are_deleted_while_time_goes_on_within_a_step_were_read()
    {
        var seats = new[] { Join("sender"), Join("receiver") };
        seats[1].Group!.HandleCommands((_, _) => Task.FromResult<string?>(null));

        Step(() =>
        {
            world.Do(seats[0].Actor, "commands", async () =>
            {
                for (var n = 0; n < 60; n++) await seats[0].Group!.SendAsync("receiver", "do", null, TimeSpan.FromSeconds(20)).ConfigureAwait(false);
            });
            world.Pass(TimeSpan.FromSeconds(60));
        });

        Assert.False(world.Ledger.Files.Directory.Exists("/ledger/segments/g@0000000001"));
        Assert.Equal(seats[0].Group!.State.Position, world.Groups.Find("g")!.State.Position);
    }

    /// <summary>Others wait at barriers for whoever is a member and does not know it.</summary>
    [Fact]
    public void Who_is_a_member_although_its_join_failed_joins_again_in_the_end()
    {
        Join("first");
        var actor = world.Start("second", "h1")!;
        var isLost = false;
        actor.Process.Files.Fault = call => isLost || (isLost = call is { Kind: FileCallKind.Move, Target: { } name } && name.Contains(".log/", StringComparison.Ordinal))
            ? FileFault.FailAfter(new IOException("the reply is lost")) : null;
        var seat = new GroupSeat(world, actor, "g");
        Step(() => world.Do(actor, "join", () => seat.JoinAsync(new GroupOptions())));
        actor.Process.Files.Fault = null;
        Assert.True(world.Groups.Find("g")!.State.IsPresent(actor.Incarnation));
        Assert.DoesNotContain(world.Stage.Seats, s => s.Actor == actor);

        Step(() => new MembersFeature().WindDown(world));

        Assert.Contains(world.Stage.Seats, s => s.Actor == actor && s.IsAwake);
    }

    /// <summary>An observer that did not look between the last beat and the sweep has seen an earlier one.</summary>
    [Fact]
    public void Who_is_dead_and_was_swept_may_be_declared_dead_and_nobody_else_before_the_threshold()
    {
        var actor = world.Start("p", "h1")!;
        var record = $"/ledger/participants/p~{actor.Incarnation}.json";
        void Accuse() => EvidenceFeature.RequireDead(world, actor.Incarnation, EvidenceType.HeartbeatStale);

        Assert.Throws<SimulationException>(Accuse);
        world.Ledger.Files.File.Delete(record);
        Assert.Throws<SimulationException>(Accuse);
        actor.Process.Crash();
        Accuse();
        world.Ledger.Files.File.WriteAllText(record, "");
        Assert.Throws<SimulationException>(Accuse);
    }

    [Fact]
    public void Faults_are_counted_by_kind()
    {
        var step = new SimulationStep("process", "stop", 0, 1);
        var simulator = new Simulator();

        var result = simulator.Run(1, [step, step with { Verb = "kill" }, step with { Feature = "host", Verb = "clock" }]);

        Assert.Null(result.Fault);
        Assert.Equal("clock step 1, kill 1, stop 1", $"{result.Injected}");
        Assert.Equal(3, result.Injected.Total);
        Assert.Equal("clock step 2, kill 2, stop 2", $"{result.Injected.Add(result.Injected)}");
        Assert.Equal(result.Injected, simulator.Run(1, [step, step with { Verb = "kill" }, step with { Feature = "host", Verb = "clock" }]).Injected);
    }

    private GroupSeat Join(string id)
    {
        var seat = new GroupSeat(world, world.Start(id, "h1")!, "g");
        Step(() => world.Do(seat.Actor, "join", () => seat.JoinAsync(new GroupOptions { CanOrchestrate = true })));
        Assert.True(seat.IsAwake);
        return seat;
    }

    private void Step(Action action)
    {
        world.Ledger.Quietly(() => world.Ledger.Time.Hold(action));
        world.CatchUp();
        world.ThrowIfFaulty();
    }
}
