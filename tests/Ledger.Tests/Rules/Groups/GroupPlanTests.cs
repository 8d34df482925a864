using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Tests.Rules.Groups;

/// <summary>What one member plans, on simulated time.</summary>
public sealed class GroupPlanTests
{
    private const long JustNow = -1;

    private readonly Dictionary<string, GroupTimers> timers = [];

    [Fact]
    public void The_first_member_takes_over_at_once_and_the_next_a_little_later()
    {
        var story = GroupStory.Of("A joins", "B joins");
        Assert.Equal("takesOver 0", Plan(story, "A1", 0));
        Assert.Equal("", Plan(story, "B1", 0));
        Assert.Equal("", Plan(story, "B1", GroupPlan.StaggerMs - 1));
        Assert.Equal("takesOver 0", Plan(story, "B1", GroupPlan.StaggerMs));
    }

    [Fact]
    public void Who_accuses_a_dead_orchestrator_takes_over_in_the_same_record()
    {
        var story = GroupStory.Of("A joins", "A takesOver", "A isReady", "B joins", "C joins");
        Assert.Equal("accuses A1 + takesOver 1", Plan(story, "B1", 0, dead: "A1"));
        Assert.Equal("", Plan(story, "C1", 0, dead: "A1"));
        Assert.Equal("accuses A1 + takesOver 1", Plan(story, "C1", 100, dead: "A1"));
    }

    [Fact]
    public void Other_deaths_are_the_orchestrators_to_tell_then_everybodys()
    {
        var story = GroupStory.Of("B joins", "C joins", "A joins", "A takesOver", "A isReady");
        Assert.Equal("accuses C1", Plan(story, "A1", 0, dead: "C1"));
        Assert.Equal("", Plan(story, "B1", 0, dead: "C1"));
        Assert.Equal("accuses C1", Plan(story, "B1", 100, dead: "C1"));
    }

    [Fact]
    public void A_start_is_reserved_when_its_wait_is_over_for_who_runs_it()
    {
        var story = GroupStory.Of("A joins", "A takesOver", "A isReady", "B joins", "B registers db");
        Assert.Equal("reserves db for B1", Plan(story, "A1", 0));
        Assert.Equal("", Plan(story, "A1", 0, dead: "B1", but: "accuses B1"));
        story.Tell("A reserves db for B");
        Assert.Equal("starts db", Plan(story, "B1", 0));
        story.Tell("B activates db");
        story.Tell("B fails db");
        Assert.Equal("reserves db for B1", Plan(story, "A1", 10));
        story.Tell("A reserves db for B");
        story.Tell("B fails db");
        Assert.Equal("", Plan(story, "A1", 20));
        Assert.Equal("", Plan(story, "A1", 1019));
        Assert.Equal("reserves db for B1", Plan(story, "A1", 1020));
    }

    [Fact]
    public void A_start_that_takes_too_long_is_ended_and_a_long_run_resets_its_attempts()
    {
        var story = GroupStory.Of("A joins", "A takesOver", "A isReady", "A registers db", "A reserves db for A");
        Assert.Equal("starts db", Plan(story, "A1", 0));
        Assert.Equal("timesOut db, starts db", Plan(story, "A1", 30_000));
        story.Tell("A fails db");
        story.Tell("A reserves db for A");
        story.Tell("A activates db");
        Assert.Equal("", Plan(story, "A1", 40_000));
        Assert.Equal("", Plan(story, "A1", 339_999));
        Assert.Equal("resets db", Plan(story, "A1", 340_000));
    }

    [Fact]
    public void Who_is_to_spawn_says_so_once_and_what_nobody_can_start_is_given_up()
    {
        var story = GroupStory.Of("A joins", "A takesOver", "A isReady", "B joins on elsewhere", "B registers w spawned", "A reserves w for B");
        Assert.Equal("spawns w", Plan(story, "B1", 0));
        story.Tell("B takesUp w token t");
        Assert.Equal("", Plan(story, "B1", 1));
        story.Tell("A accuses B exited");
        Assert.Equal("", Plan(story, "A1", 10));
        Assert.Equal("", Plan(story, "A1", 30_009));
        Assert.Equal("givesUp w", Plan(story, "A1", 30_010));
    }

    [Fact]
    public void What_is_to_stop_is_stopped_by_who_runs_it_else_released_at_its_place_else_declared()
    {
        var story = GroupStory.Of("A joins", "A takesOver", "A isReady", "B joins on there", "C joins on there",
            "B registers w", "A reserves w for B", "B activates w");
        story.Tell("A asksToStop w");
        Assert.Equal("stops w", Plan(story, "B1", 0));
        Assert.Equal("", Plan(story, "C1", 0));
        story = GroupStory.Of("A joins", "A takesOver", "A isReady", "B joins on there", "C joins on there",
            "B registers w", "A reserves w for B", "B activates w", "A accuses B exited", "A asksToStop w");
        Assert.Equal("releases w", Plan(story, "C1", 0));
        Assert.Equal("", Plan(story, "A1", 0));
        story.Tell("A accuses C exited");
        Assert.Equal("stopped w", Plan(story, "A1", 0));
    }

    [Fact]
    public void An_independent_supervisor_is_adopted_or_ends_itself()
    {
        var story = GroupStory.Of("A joins", "A takesOver", "A isReady", "B joins", "A registers w spawned mode independent",
            "A reserves w for A token t", "W joins plain", "W activates w token t", "A leaves");
        Assert.Equal("", Plan(story, "W1", 0));
        Assert.Equal("", Plan(story, "W1", 59_999));
        Assert.Equal("ends w", Plan(story, "W1", 60_000));
        story.Tell("B takesOver");
        story.Tell("B isReady");
        Assert.Equal("adopts w", Plan(story, "B1", 0));
        story.Tell("B adopts w");
        Assert.Equal("", Plan(story, "W1", 70_000));
    }

    [Fact]
    public void Commands_are_taken_by_their_receiver_and_expired_by_their_sender_then_the_orchestrator()
    {
        var story = GroupStory.Of("A joins", "A takesOver", "A isReady", "B joins", "C joins", "B sends c1 C", "B invites i1 N");
        Assert.Equal("takes c1", Plan(story, "C1", 0));
        Assert.Equal("", Plan(story, "B1", 0));
        Assert.Equal("", Plan(story, "B1", 999));
        Assert.Equal("expires c1", Plan(story, "B1", 1000));
        Assert.Equal("", Plan(story, "A1", 0));
        Assert.Equal("", Plan(story, "A1", 1199));
        Assert.Equal("expires c1", Plan(story, "A1", 1200));
        Assert.Equal("expires c1, expires i1", Plan(story, "B1", 30_000));
    }

    [Fact]
    public void One_member_of_each_place_sweeps_when_it_starts_and_now_and_then()
    {
        var story = GroupStory.Of("A joins", "A takesOver", "A isReady", "B joins", "C joins on elsewhere");
        Assert.Equal("sweeps", Plan(story, "A1", 0, swept: null));
        Assert.Equal("", Plan(story, "B1", 0, swept: null));
        Assert.Equal("sweeps", Plan(story, "C1", 0, swept: null));
        Assert.Equal("", Plan(story, "A1", GroupPlan.SweepEveryMs - 1, swept: 0));
        Assert.Equal("sweeps", Plan(story, "A1", GroupPlan.SweepEveryMs, swept: 0));
        Assert.Equal("", Plan(story, "B1", 0, swept: null));
    }

    [Fact]
    public void Whoever_takes_over_sweeps_before_it_is_ready_and_stops_when_it_has_said_so()
    {
        var story = GroupStory.Of("A joins", "B joins", "B takesOver");
        Assert.Equal("sweeps", Plan(story, "B1", 0, swept: null));
        Assert.Equal("orchestratorReady", Plan(story, "B1", 0));
        story.Tell("B isReady");
        story.Tell("B stopsWork");
        Assert.Equal("orchestratorStopped", Plan(story, "B1", 0));
    }

    [Fact]
    public void Who_is_gone_plans_nothing()
    {
        var story = GroupStory.Of("A joins", "B joins", "A accuses B exited");
        Assert.Equal("", Plan(story, "B1", 100_000));
        Assert.Equal("", Plan(story, "X1", 100_000));
    }

    private string Plan(GroupStory story, string who, long now, string? dead = null, long? swept = JustNow, string? but = null)
    {
        Dictionary<string, Judgement> liveness = [];
        if (dead is not null) liveness[dead] = new Judgement(Grade.Dead, "gone", 5, EvidenceType.ProcessExited);
        timers[who] = timers.GetValueOrDefault(who, GroupTimers.Empty).Next(story.State, liveness, now);
        var steps = GroupPlan.For(story.State, new GroupObservation
        {
            Self = who,
            NowMs = now,
            ThresholdMs = 1000,
            IntervalMs = 200,
            Liveness = liveness,
            Timers = timers[who],
            SweptAtMs = swept == JustNow ? now : swept,
        });
        return string.Join(", ", steps.Select(Text).Where(t => t != but));
    }

    private static string Text(GroupStep step) => step switch
    {
        ProposeToGroup p => string.Join(" + ", p.Data.Select(Text)),
        StartInPlace s => $"starts {s.Supervisor.SupervisorId}",
        SpawnProcess s => $"spawns {s.Supervisor.SupervisorId}",
        StopProgram s => $"stops {s.Supervisor.SupervisorId}",
        ReleaseOld s => $"releases {s.Supervisor.SupervisorId}",
        EndMyself s => $"ends {s.Supervisor.SupervisorId}",
        TakeCommand c => $"takes {c.Command.CommandId}",
        SweepOrphans => "sweeps",
        _ => step.ToString()!,
    };

    private static string Text(GroupEntryData data) => data switch
    {
        OrchestratorTakenOver d => $"takesOver {d.ExpectedTerm}",
        MemberCrashed d => $"accuses {d.Accused}",
        StartReserved d => $"reserves {d.SupervisorId} for {d.Executor}",
        StartTimedOut d => $"timesOut {d.SupervisorId}",
        AttemptsReset d => $"resets {d.SupervisorId}",
        SupervisorGivenUp d => $"givesUp {d.SupervisorId}",
        SupervisorStopped d => $"stopped {d.SupervisorId}",
        SupervisorAdopted d => $"adopts {d.SupervisorId}",
        CommandExpired d => $"expires {d.CommandId}",
        InvitationExpired d => $"expires {d.InviteId}",
        _ => Wire.Name(data.Type),
    };
}
