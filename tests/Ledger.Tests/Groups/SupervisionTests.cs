using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;
using Ledger.Testing;

namespace Ledger.Tests.Groups;

public sealed class SupervisionTests
{
    private readonly GroupWorld world = new();

    [Fact]
    public async Task Supervisors_start_in_the_order_of_their_dependencies_and_stop_in_reverse()
    {
        var a = await world.JoinAsync("a");
        await a.RegisterAsync("db");
        await a.RegisterAsync("api", "db");
        await a.RegisterAsync("web", "api");
        await world.UntilAsync("web", SupervisorStatus.Running, seconds: 5);
        Assert.Equal(["db", "api", "web"], world.Programs.Begun.Select(p => p.SupervisorId));
        await a.Group.StopSupervisorAsync(null);
        await world.UntilAsync(s => s.Supervisors.Values.All(x => x.Status == SupervisorStatus.Stopped), seconds: 10);
        Assert.Equal(["web", "api", "db"], world.Stopped);
        Assert.All(world.Programs.Begun, p => Assert.False(p.IsAlive));
        world.Advance(120);
        Assert.Equal(3, world.Programs.Begun.Count);
    }

    [Fact]
    public async Task Unknown_and_cyclic_dependencies_are_refused_by_name_and_a_dead_one_fails_fast()
    {
        var a = await world.JoinAsync("a");
        var unknown = await Assert.ThrowsAsync<GroupRejectedException>(() => a.RegisterAsync("api", "db"));
        Assert.Equal("unknownDependency: db", unknown.Rejection);
        a.Executor.BeforeHold = (x, _) => x.SupervisorId == "db" ? throw new StartFailedException("program", "not found") : Task.CompletedTask;
        await a.RegisterAsync("db");
        await a.RegisterAsync("api", "db");
        var cycle = await Assert.ThrowsAsync<GroupRejectedException>(() => a.RegisterAsync("db", "api"));
        Assert.Equal(GroupReasons.DependencyCycle, cycle.Code);
        var told = new List<string>();
        var waiting = a.Group.WaitForDependenciesAsync("api", names => told.AddRange(names));
        var dead = await Assert.ThrowsAsync<DependencyDeadException>(() => world.Ledger.RunUntilAsync(waiting));
        Assert.Equal(("api", "db"), (dead.SupervisorId, dead.Dependency));
        Assert.Contains("program: not found", dead.Message, StringComparison.Ordinal);
        Assert.Equal(["db"], told.Distinct());
    }

    [Fact]
    public async Task A_program_that_exits_is_restarted_in_place_at_once_and_then_with_growing_waits_until_it_is_dead()
    {
        var a = await world.JoinAsync("a");
        await a.RegisterAsync("s");
        await world.UntilAsync("s", SupervisorStatus.Running);
        double[] waits = [0, 1, 5, 15, 60];
        for (var i = 0; i < waits.Length; i++)
        {
            world.Programs.Running("s").Single().Exit();
            if (waits[i] > 0)
            {
                world.Advance(waits[i] - 0.1);
                Assert.Empty(world.Programs.Running("s"));
            }
            world.Advance(0.4);
            Assert.Equal(i + 2, world.Programs.Begun.Count);
            Assert.Equal((SupervisorStatus.Running, i + 1), (world["s"].Status, world["s"].Attempts));
        }
        world.Programs.Running("s").Single().Exit();
        await world.UntilAsync("s", SupervisorStatus.Dead, seconds: 1);
        var alerts = await world.EventsAsync<GroupAlert>();
        Assert.Equal(6, alerts.Count(x => x.Kind == AlertKind.SupervisorFailed));
        Assert.Equal(5, alerts.Count(x => x.Kind == AlertKind.SupervisorRestarted));
        Assert.Single(alerts, x => x.Kind == AlertKind.SupervisorDead);
    }

    [Fact]
    public async Task Attempts_are_counted_anew_after_a_healthy_time()
    {
        var a = await world.JoinAsync("a");
        await a.RegisterAsync("s");
        await world.UntilAsync("s", SupervisorStatus.Running);
        world.Programs.Running("s").Single().Exit();
        await world.UntilAsync(s => s.Supervisors["s"] is { Status: SupervisorStatus.Running, Attempts: 1 });
        world.Advance(299);
        Assert.Equal(1, world["s"].Attempts);
        world.Advance(2);
        Assert.Equal(0, world["s"].Attempts);
    }

    [Fact]
    public async Task Backoff_and_attempts_survive_a_takeover()
    {
        var boss = await world.JoinAsync("boss");
        var next = await world.JoinAsync("next");
        var a = await world.JoinAsync("a", orchestrate: false);
        await a.RegisterAsync("s");
        await world.UntilAsync("s", SupervisorStatus.Running);
        for (var i = 0; i < 2; i++)
        {
            await world.UntilAsync("s", SupervisorStatus.Running);
            world.Programs.Running("s").Single().Exit();
            world.Advance(0);
        }
        Assert.Equal((SupervisorStatus.RestartScheduled, 2, 1000), (world["s"].Status, world["s"].Attempts, world["s"].BackoffMs));
        boss.Node.Crash();
        await world.UntilAsync("s", SupervisorStatus.Running, seconds: 5);
        Assert.Equal((2, next.Incarnation), (world["s"].Attempts, world.State.Acting));
        Assert.Equal(3, world.Programs.Begun.Count);
        Assert.Single(world.Programs.Running("s"));
    }

    [Fact]
    public async Task An_explicit_stop_wins_over_a_restart_that_is_due()
    {
        var a = await world.JoinAsync("a");
        await a.RegisterAsync("s");
        await world.UntilAsync("s", SupervisorStatus.Running);
        for (var i = 0; i < 2; i++)
        {
            await world.UntilAsync("s", SupervisorStatus.Running);
            world.Programs.Running("s").Single().Exit();
            world.Advance(0);
        }
        await a.Group.StopSupervisorAsync("s");
        world.Advance(120);
        Assert.Equal(SupervisorStatus.Stopped, world["s"].Status);
        Assert.Equal(2, world.Programs.Begun.Count);
    }

    [Fact]
    public async Task Who_is_killed_with_its_program_is_spawned_anew_by_another_with_a_one_time_token()
    {
        var a = await world.JoinAsync("a");
        var b = await world.JoinAsync("b", orchestrate: false);
        await b.RegisterAsync("s");
        await world.UntilAsync("s", SupervisorStatus.Running);
        b.Node.Crash();
        await world.UntilAsync("s", SupervisorStatus.Running, seconds: 2);
        Assert.Single(world.Programs.Running("s"));
        Assert.Equal(a.Incarnation, world["s"].Owner);
        var token = Assert.Single(world.Tokens);
        var files = world.Ledger.Files.Directory.GetFiles("/ledger", "*", SearchOption.AllDirectories);
        Assert.All(files.Select(world.Ledger.Files.File.ReadAllText), text => Assert.DoesNotContain(token, text, StringComparison.Ordinal));
        // Used once: whoever shows it again is refused.
        var thief = await world.JoinAsync("thief");
        await Assert.ThrowsAsync<GroupRejectedException>(() => thief.Group.ActivateAsync("s", token, null));
    }

    [Fact]
    public async Task A_spawned_process_that_does_not_activate_itself_in_time_is_rolled_back()
    {
        var a = await world.JoinAsync("a");
        a.Executor.SpawnsDumb = true;
        var settings = GroupWorld.Program() with { StartTimeoutMs = 3_000 };
        await a.Group.RegisterSupervisorAsync("s", settings, runsItself: false);
        await world.UntilAsync("s", SupervisorStatus.Starting, seconds: 1);
        await world.UntilAsync(s => s.Supervisors["s"].Attempts > 0, seconds: 5);
        var alert = Assert.Single(await world.EventsAsync<GroupAlert>(), x => x.Kind == AlertKind.SupervisorFailed);
        Assert.Equal("activation: not within 3000 ms", alert.Reason);
        a.Executor.SpawnsDumb = false;
        await world.UntilAsync("s", SupervisorStatus.Running, seconds: 10);
        Assert.Single(world.Programs.Running("s"));
        Assert.Equal(2, world.State.Members.Values.Count(m => m.IsPresent));
        // The process itself is gone, not only its start.
        var dumb = a.Executor.Spawned.SkipLast(1).ToList();
        Assert.NotEmpty(dumb);
        Assert.All(dumb, wrapper => Assert.True(wrapper is { IsDiscarded: true, Participant.IsCrashed: true }));
        Assert.False(a.Executor.Spawned[^1].IsDiscarded);
    }

    [Fact]
    public async Task A_supervisor_that_is_gone_once_its_start_is_taken_is_not_spawned()
    {
        var a = await world.JoinAsync("a");
        await world.JoinAsync("b");
        var isBehind = false;
        var wasStopped = false;
        a.Node.Files.Fault = call =>
        {
            if (isBehind && !wasStopped)
            {
                // Before it reads that it may start the program it is stopped, and others take it for dead, and its supervisor with it.
                wasStopped = true;
                a.Node.Freeze();
                world.Ledger.Time.AdvanceWithin(TimeSpan.FromSeconds(60));
                Assert.False(world.State.Supervisors.ContainsKey("s"));
                a.Node.Resume();
            }
            isBehind = call.Kind == FileCallKind.Move
                && world.Ledger.Files.File.ReadAllText(call.Path).Contains("\"startTaken\"", StringComparison.Ordinal);
            return null;
        };
        await a.Group.RegisterSupervisorAsync("s", GroupWorld.Program(), runsItself: false);
        world.Advance(10); // throws when something failed that nobody reckoned with
        Assert.True(wasStopped);
        Assert.Empty(a.Executor.Spawned);
    }

    [Fact]
    public async Task A_port_that_a_stranger_holds_is_named_tried_again_and_taken_when_it_is_free()
    {
        var a = await world.JoinAsync("a");
        world.Programs.Ports[7001] = "pid 4711";
        await a.Group.RegisterSupervisorAsync("s", GroupWorld.Program() with { Ports = [7001] });
        await world.UntilAsync(s => s.Supervisors["s"].Attempts == 3);
        Assert.Equal("port 7001 held by pid 4711", world["s"].Reason);
        Assert.Empty(world.Programs.Begun);
        world.Programs.Ports.Clear();
        await world.UntilAsync("s", SupervisorStatus.Running, seconds: 20);
        Assert.Equal(3, (await world.EventsAsync<GroupAlert>()).Count(x => x.Kind == AlertKind.ResourcesNotReleased));
    }

    [Fact]
    public async Task An_independent_supervisor_outlives_its_owner_and_is_adopted_once()
    {
        var a = await world.JoinAsync("a");
        var b = await world.JoinAsync("b");
        await a.Group.RegisterSupervisorAsync("s", GroupWorld.Program() with { Mode = SupervisorMode.Independent }, runsItself: false);
        await world.UntilAsync("s", SupervisorStatus.Running);
        Assert.Equal(a.Incarnation, world["s"].Owner);
        a.Node.Crash();
        await world.UntilAsync(s => s.Supervisors["s"].Owner == b.Incarnation, seconds: 2);
        world.Advance(120);
        Assert.Single(world.Programs.Begun);
        Assert.Single(await world.ChangesAsync(), c => c is { Type: "supervisorAdopted", Outcome.Accepted: true });
    }

    [Fact]
    public async Task An_independent_supervisor_that_nobody_adopts_ends_itself_when_its_time_is_over_and_not_before()
    {
        await LoseOwnerOfIndependentAsync();
        world.Advance(19);
        Assert.Equal(SupervisorStatus.Running, world["s"].Status);
        Assert.Single(world.Programs.Running("s"));
        await world.UntilAsync("s", SupervisorStatus.Stopped, seconds: 3);
        Assert.Empty(world.Programs.Running("s"));
        var left = Assert.Single(world.State.Members.Values, m => m.ParticipantId != "a");
        Assert.Equal(DepartureReason.Normal, left.Departure);
        // Who comes later finds nothing to adopt, and starts nothing that ended itself.
        await world.JoinAsync("late");
        world.Advance(60);
        Assert.Single(world.Programs.Begun);
    }

    [Fact]
    public async Task An_independent_supervisor_that_is_adopted_just_in_time_does_not_end_itself()
    {
        await LoseOwnerOfIndependentAsync();
        world.Advance(18);
        var late = await world.JoinAsync("late");
        await world.UntilAsync(s => s.Supervisors["s"].Owner == late.Incarnation, seconds: 2);
        world.Advance(60);
        Assert.Equal(SupervisorStatus.Running, world["s"].Status);
        Assert.Single(world.Programs.Running("s"));
    }

    [Fact]
    public async Task Leaving_stops_what_the_member_runs_and_nobody_starts_it_again()
    {
        var a = await world.JoinAsync("a");
        var b = await world.JoinAsync("b");
        await b.RegisterAsync("s");
        await world.UntilAsync("s", SupervisorStatus.Running);
        await world.Ledger.RunUntilAsync(b.Node.Participant.DisposeAsync().AsTask());
        world.Advance(60);
        Assert.Equal(SupervisorStatus.Stopped, world["s"].Status);
        Assert.Empty(world.Programs.Running("s"));
        Assert.Empty(world.Noise);
        Assert.True(a.Group.IsOrchestrator);
    }

    [Fact]
    public async Task Orphans_are_looked_for_at_start_at_takeover_and_now_and_then_and_finding_one_is_an_alert()
    {
        var a = await world.JoinAsync("a");
        var b = await world.JoinAsync("b");
        world.Advance(1);
        Assert.Equal(1, a.Executor.Sweeps);
        world.Orphans.Add("pid 99");
        world.Advance(31);
        Assert.Equal(1, world.State.OrphansFound);
        Assert.Single(await world.EventsAsync<GroupAlert>(), x => x is { Kind: AlertKind.OrphansFound, Reason: "pid 99" });
        a.Node.Crash();
        world.Advance(1);
        Assert.True(b.Executor.Sweeps >= 1);
    }

    [Fact]
    public async Task Values_of_the_environment_are_in_a_secret_file_alone()
    {
        var a = await world.JoinAsync("a");
        await a.Group.RegisterSupervisorAsync("s", GroupWorld.Program(), new Dictionary<string, string> { ["KEY"] = "s3cret" });
        await world.UntilAsync("s", SupervisorStatus.Running);
        world.Advance(3);
        var files = world.Ledger.Files.Directory.GetFiles("/ledger", "*", SearchOption.AllDirectories);
        var with = files.Where(f => world.Ledger.Files.File.ReadAllText(f).Contains("s3cret", StringComparison.Ordinal)).ToList();
        var file = Assert.Single(with);
        Assert.StartsWith("/ledger/secrets/g~s~", file, StringComparison.Ordinal);
        var published = world.Ledger.Files.File.ReadAllText("/ledger/g.supervisors.json");
        Assert.Contains("\"KEY\": \"***\"", published, StringComparison.Ordinal);
        Assert.Contains("\"state\": \"running\"", published, StringComparison.Ordinal);
        var orchestrator = world.Ledger.Files.File.ReadAllText("/ledger/g.orchestrator.json");
        Assert.Contains("\"orchestrationGroupId\": \"g\"", orchestrator, StringComparison.Ordinal);
        Assert.Contains("\"participantId\": \"a\"", orchestrator, StringComparison.Ordinal);
        Assert.Contains("\"term\": 1", orchestrator, StringComparison.Ordinal);
        await a.Group.StopSupervisorAsync("s");
        await world.UntilAsync("s", SupervisorStatus.Stopped);
        await a.Group.UnregisterSupervisorAsync("s");
        Assert.False(world.Ledger.Files.File.Exists(file));
    }

    [Fact]
    public async Task What_a_member_ended_to_leave_does_not_count_as_running_when_it_could_not_leave()
    {
        await world.JoinAsync("b");
        var a = await world.JoinAsync("a");
        await a.RegisterAsync("s");
        await world.UntilAsync("s", SupervisorStatus.Running);
        var entries = 0;
        // It drains, and then the disk is full.
        a.Node.Files.Fault = call => call is { Kind: FileCallKind.Move, Target: { } name }
            && name.Contains(".log/", StringComparison.Ordinal) && ++entries > 1 ? FileFault.NoSpace : null;
        await Assert.ThrowsAsync<LedgerStorageException>(() => world.Ledger.RunUntilAsync(a.Group.LeaveAsync()));
        a.Node.Files.Fault = null;

        await world.UntilAsync(s => s.Supervisors["s"].Status != SupervisorStatus.Running);
        Assert.Empty(world.Programs.Running("s"));
        await world.Ledger.RunUntilAsync(a.Group.LeaveAsync());
        Assert.False(a.Group.IsMember);
    }

    /// <summary>An independent supervisor runs that is to be adopted within 20 s, and whose owner is dead.</summary>
    private async Task LoseOwnerOfIndependentAsync()
    {
        var a = await world.JoinAsync("a");
        await a.Group.RegisterSupervisorAsync(
            "s", GroupWorld.Program() with { Mode = SupervisorMode.Independent, AdoptWithinMs = 20_000 }, runsItself: false);
        await world.UntilAsync("s", SupervisorStatus.Running);
        a.Node.Crash();
        await world.UntilAsync(s => s.Supervisors["s"].OwnerLost, seconds: 5);
    }
}
