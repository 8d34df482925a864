using Ledger.Groups;
using Ledger.Model.Groups;
using Ledger.Testing;

namespace Ledger.Tests.Groups;

public sealed class ElectionTests
{
    private readonly GroupWorld world = new();

    [Fact]
    public async Task Who_can_orchestrate_does_so_at_once_and_the_second_one_stands_by()
    {
        var a = await world.JoinAsync("a");
        var b = await world.JoinAsync("b");
        await world.UntilAsync(s => s.Orchestrator?.Status == OrchestratorStatus.Running, seconds: 1);
        Assert.Equal((1, a.Incarnation), (world.State.Term, world.State.Acting));
        world.Advance(60);
        Assert.Equal(1, world.State.Term);
        Assert.True(a.Group.IsOrchestrator);
        Assert.False(b.Group.IsOrchestrator);
    }

    [Fact]
    public async Task Who_starts_no_programs_is_ready_all_the_same()
    {
        var node = await world.Ledger.StartAsync("a", "h1");
        await SimulatedLedger.DetachedAsync(node.Participant.JoinGroupAsync(GroupWorld.Id, new GroupOptions { CanOrchestrate = true }));
        await world.UntilAsync(s => s.Orchestrator?.Status == OrchestratorStatus.Running, seconds: 1);
    }

    [Fact]
    public async Task Nothing_is_started_before_the_sweep_is_over()
    {
        var sweep = new TaskCompletionSource();
        world.SweepsEnd = sweep.Task;
        var a = await world.JoinAsync("a");
        await a.RegisterAsync("s");
        world.Advance(10);
        Assert.Equal((OrchestratorStatus.Starting, SupervisorStatus.Registered), (world.State.Orchestrator!.Status, world["s"].Status));
        sweep.SetResult();
        await world.UntilAsync("s", SupervisorStatus.Running, seconds: 1);
    }

    [Fact]
    public async Task Nobody_takes_over_who_may_not()
    {
        await world.JoinAsync("a", orchestrate: false);
        world.Advance(60);
        Assert.Null(world.State.Orchestrator);
    }

    [Fact]
    public async Task A_killed_orchestrator_has_one_successor_within_300_ms_that_keeps_the_registrations()
    {
        var a = await world.JoinAsync("a");
        var b = await world.JoinAsync("b");
        await world.JoinAsync("c");
        await b.RegisterAsync("s");
        await world.UntilAsync("s", SupervisorStatus.Running);
        a.Node.Crash();
        world.Advance(0.3);
        Assert.Equal((2, b.Incarnation), (world.State.Term, world.State.Acting));
        Assert.Equal(SupervisorStatus.Running, world["s"].Status);
        world.Advance(60);
        Assert.Equal(2, world.State.Term);
        Assert.Single((await world.ChangesAsync()), c => c is { Type: "orchestratorTakenOver", Outcome.Accepted: true, Position: > 5 });
        var record = (await world.ChangesAsync()).Where(c => c.Outcome!.Accepted).ToList();
        var crash = record.FindIndex(c => c.Type == "memberCrashed");
        Assert.Equal("orchestratorTakenOver", record[crash + 1].Type);
    }

    [Fact]
    public async Task A_frozen_orchestrator_on_another_host_is_replaced_and_steps_down_when_it_thaws()
    {
        var a = await world.JoinAsync("a", "h1");
        var b = await world.JoinAsync("b", "h2");
        await world.UntilAsync(s => s.Acting == a.Incarnation);
        a.Node.Freeze();
        await world.UntilAsync(s => s.Acting == b.Incarnation, seconds: 20);
        var before = world.State;
        a.Node.Resume();
        world.Advance(30);
        var after = world.State;
        Assert.Equal((2, b.Incarnation), (after.Term, after.Acting));
        Assert.False(a.Group.IsMember);
        Assert.True(a.Group.Ended.IsCancellationRequested);
        Assert.Equal(before.Members[a.Incarnation].LeftAt, after.Members[a.Incarnation].LeftAt);
        Assert.DoesNotContain(await world.ChangesAsync(), c => c.Position > before.Position && c.Incarnation == a.Incarnation && c.Outcome!.Accepted);
    }

    [Fact]
    public async Task Who_leaves_in_good_order_hands_over_at_once_and_nobody_says_a_word()
    {
        var a = await world.JoinAsync("a");
        var b = await world.JoinAsync("b");
        await world.UntilAsync(s => s.Acting == a.Incarnation);
        await world.Ledger.RunUntilAsync(a.Node.Participant.DisposeAsync().AsTask());
        world.Advance(0.6); // its next tick: here no event wakes it
        Assert.Equal((2, b.Incarnation), (world.State.Term, world.State.Acting));
        world.Advance(60);
        Assert.Empty(world.Noise);
        Assert.Equal(DepartureReason.Normal, world.State.Members[a.Incarnation].Departure);
    }

    [Fact]
    public async Task A_start_that_a_thawed_member_was_at_is_void_and_touches_nothing()
    {
        var a = await world.JoinAsync("a", "h1");
        var b = await world.JoinAsync("b", "h1", orchestrate: false);
        var held = new TaskCompletionSource();
        b.Executor.BeforeHold = (_, _) => held.Task;
        await b.RegisterAsync("s");
        await world.UntilAsync("s", SupervisorStatus.Starting);
        b.Node.Freeze();
        // Declared crashed though its process lives: its kernel says so on no account, its heartbeat does.
        await world.UntilAsync(s => !s.IsPresent(b.Incarnation), seconds: 20);
        b.Node.Resume();
        held.SetResult();
        world.Advance(30);
        await world.UntilAsync("s", SupervisorStatus.Running);
        Assert.Single(world.Programs.Begun);
        Assert.Single(world.Programs.Running("s"));
        Assert.NotEqual(b.Incarnation, world["s"].Incarnation);
        Assert.True(a.Group.IsOrchestrator);
    }

    [Fact]
    public async Task Where_nobody_else_lives_the_group_starts_afresh_unless_asked_to_keep()
    {
        foreach (var keep in new[] { false, true })
        {
            var a = await world.JoinAsync("a");
            await a.RegisterAsync("s");
            await world.UntilAsync("s", SupervisorStatus.Running);
            a.Node.Crash();
            var b = await world.JoinAsync("b", keep: keep);
            await world.UntilAsync(s => s.Acting == b.Incarnation);
            world.Advance(5);
            Assert.Equal(keep, world.State.Supervisors.ContainsKey("s"));
            if (!keep) await world.Ledger.RunUntilAsync(b.Node.Participant.DisposeAsync().AsTask());
        }
        await world.UntilAsync("s", SupervisorStatus.Running);
    }

    [Fact]
    public async Task Participants_that_name_no_group_join_the_default_one()
    {
        var node = await world.Ledger.StartAsync("a");
        var group = await node.Participant.JoinGroupAsync();
        Assert.Equal(LedgerGroup.DefaultId, group.GroupId);
        Assert.Same(group, await node.Participant.JoinGroupAsync("default"));
        Assert.Equal(["default"], world.Ledger.Directory.ListGroups());
        await Assert.ThrowsAsync<GroupRejectedException>(() => node.Participant.JoinGroupAsync("DEFAULT"));
        await Assert.ThrowsAsync<GroupNotFoundException>(() => node.Participant.VisitGroupAsync("other"));
        Assert.Throws<GroupNotFoundException>(() => world.Ledger.Directory.ReadGroup("other"));
    }
}
