using System.Collections.Immutable;
using Ledger.Cli.Groups;
using Ledger.Cli.Tests.Rendering;
using Ledger.Groups;
using Ledger.Log;
using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Cli.Tests.Groups;

public sealed class GroupViewTests
{
    [Fact]
    public void Supervisors_stand_below_the_first_they_depend_on()
    {
        var lines = Lines(
            Of("db", SupervisorStatus.Running), Of("mq", SupervisorStatus.Running),
            Of("web", SupervisorStatus.Running, "db", "mq"), Of("ui", SupervisorStatus.Running, "web"));

        Assert.Contains("  db  running", lines);
        Assert.Contains("    web  running  also needs mq", lines);
        Assert.Contains("      ui  running", lines);
        Assert.Contains("  mq  running", lines);
    }

    [Theory]
    [InlineData(SupervisorStatus.WaitingForDependencies, "web waits for db (dead)")]
    [InlineData(SupervisorStatus.RestartScheduled, "web waits for db (dead)")]
    public void What_it_waits_for_is_named_with_its_state(SupervisorStatus status, string expected) =>
        Assert.Contains("  " + expected, Lines(Of("db", SupervisorStatus.Dead), Of("web", status, "db")));

    [Fact]
    public void A_restart_says_when_and_why()
    {
        var lines = Lines(Of("db", SupervisorStatus.RestartScheduled) with
        {
            Attempts = 2,
            BackoffMs = 5000,
            LastRestartAttempt = "2026-01-01T00:00:00.000Z",
            Reason = "program: exit code 3",
        });

        Assert.Contains("  db  restart scheduled  restart 2 of 5  program: exit code 3", lines);
        Assert.Contains("  db is restarted in 3.0 s", lines);
    }

    [Fact]
    public void Who_is_to_stop_waits_for_what_depends_on_it()
    {
        var lines = Lines(
            Of("db", SupervisorStatus.Running) with { StopWanted = true },
            Of("web", SupervisorStatus.ShuttingDown, "db") with { StopWanted = true });

        Assert.Contains("  db stops when web has stopped", lines);
    }

    [Fact]
    public void The_orchestrator_is_named_with_its_term_or_is_missing()
    {
        Assert.Contains("  orchestrator  none yet", Lines());
        var state = State() with { Orchestrator = new Orchestrator(3, "one!", OrchestratorStatus.Running) };
        Assert.Contains(View(state), line => line.StartsWith("  orchestrator  one  term 3  running  pid 4711 on host", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Grade.Dead, SupervisorStatus.Running, true)]
    [InlineData(Grade.Suspect, SupervisorStatus.Running, false)]
    [InlineData(Grade.Dead, SupervisorStatus.Stopped, false)]
    public void A_group_of_dead_members_says_how_to_go_on(Grade grade, SupervisorStatus status, bool says) =>
        Assert.Equal(says, View(State(Of("db", status)) with { Orchestrator = new Orchestrator(3, "one!", OrchestratorStatus.Running) },
            new Life(null, new Judgement(grade, "", 0))).Exists(line => line.Contains("ledger orchestrate --group g --keep", StringComparison.Ordinal)));

    [Fact]
    public void A_refused_dependency_says_what_to_do() => Assert.EndsWith(
        "unknownDependency: db. Start that one first.",
        GroupMessages.Refusal(new GroupRejectedException("g", "register 'web'", "unknownDependency: db")), StringComparison.Ordinal);

    [Fact]
    public void What_others_wrote_cannot_steer_the_terminal() =>
        Assert.DoesNotContain(
            Lines(Of("db", SupervisorStatus.Dead) with { Reason = "a\u001b[2Jb" }), line => line.Contains('\u001b', StringComparison.Ordinal));

    private static List<string> Lines(params SupervisorEntry[] supervisors) => View(State(supervisors));

    private static List<string> View(GroupState state, Life? life = null) =>
        [.. new GroupView(state, _ => life ?? new Life(null), new DateTimeOffset(2026, 1, 1, 0, 0, 2, TimeSpan.Zero)).Plain()];

    private static SupervisorEntry Of(string id, SupervisorStatus status, params string[] dependencies) => new(
        id,
        new SupervisorSettings
        {
            StartInfo = new StartInfo("x", [], null, [], null, RestartPolicy.Default),
            Dependencies = [.. dependencies],
        },
        States.Process, 1)
    {
        Status = status,
    };

    private static GroupState State(params SupervisorEntry[] supervisors) => GroupFoldState() with
    {
        Supervisors = supervisors.ToImmutableSortedDictionary(x => x.SupervisorId, x => x, StringComparer.OrdinalIgnoreCase),
        Members = ImmutableSortedDictionary<string, GroupMember>.Empty.Add("one!", new GroupMember("one", "one!", States.Process, 1)),
    };

    private static GroupState GroupFoldState() => Rules.Groups.GroupFold.Create("g", "2026-01-01T00:00:00.000Z");
}
