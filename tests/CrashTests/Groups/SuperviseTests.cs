using Ledger.CrashTests.Run;
using Ledger.Model.Groups;
using Ledger.Platform;

namespace Ledger.CrashTests.Groups;

/// <summary>What somebody sees who types <c>ledger supervise</c>.</summary>
public sealed class SuperviseTests : IDisposable
{
    private readonly GroupStage stage = new();

    public void Dispose() => stage.Dispose();

    [LinuxFact]
    public async Task A_program_that_ends_is_restarted_in_its_place_and_dead_after_the_last_restart()
    {
        var run = stage.Supervise("a", ["--restart", "2", "--backoff", "0ms"], "/bin/sh", "-c", "exit 3");

        Assert.Equal(1, await run.ExitAsync());
        var dead = await stage.Until("a", SupervisorStatus.Dead);
        Assert.Contains("exit code 3", dead.Reason, StringComparison.Ordinal);
        Assert.Equal(3, run.Errors.Split("a: started").Length - 1);
        Assert.Contains("restart 2 of 2", run.Errors, StringComparison.Ordinal);
        await stage.NothingIsLeft();
    }

    [LinuxFact]
    public async Task Dependants_start_after_and_stop_before_what_they_depend_on()
    {
        var db = stage.Supervise("db");
        await stage.Running("db");
        var web = stage.Supervise("web", "--depends", "db");
        var running = await stage.Running("web");

        var stop = stage.Start("stop", "--group", "g", "--all");

        Assert.Equal((0, 0, 0), (await stop.ExitAsync(), await web.ExitAsync(), await db.ExitAsync()));
        var state = stage.State()!;
        Assert.All(state.Supervisors.Values, x => Assert.Equal(SupervisorStatus.Stopped, x.Status));
        Assert.True(state.Supervisors["web"].Since < state.Supervisors["db"].Since);
        Assert.True(running.Run > state.Supervisors["db"].Run);
        await stage.NothingIsLeft();
    }

    [LinuxTheory]
    [InlineData("--depends", "nobody", "nobody")]
    [InlineData("--depends", "a", "a -> a")]
    public async Task An_unknown_or_cyclic_dependency_is_refused_by_name(string option, string value, string named)
    {
        var run = stage.Supervise("a", option, value);

        Assert.Equal(125, await run.ExitAsync());
        Assert.Contains(named, run.Errors, StringComparison.Ordinal);
        await stage.NothingIsLeft();
    }

    [LinuxFact]
    public async Task A_signal_to_the_wrapper_stops_the_supervisor_and_leaves_the_group()
    {
        var run = stage.Supervise("a");
        var running = await stage.Running("a");

        run.Signal(Signals.Term);

        Assert.Equal(0, await run.ExitAsync());
        Assert.False(TestLedger.IsAlive(running.Program!.Pid));
        var state = stage.State()!;
        Assert.Equal(SupervisorStatus.Stopped, state.Supervisors["a"].Status);
        Assert.Equal(DepartureReason.Normal, Assert.Single(state.Members.Values, m => m.ParticipantId == "a").Departure);
    }

    [LinuxFact]
    public async Task The_program_knows_its_group_and_gets_no_token()
    {
        var said = stage.Ledger.File("said");
        var run = stage.Supervise("a", [], "/bin/sh", "-c", $"env > '{said}.new'; mv '{said}.new' '{said}'; exec sleep 300");
        await Eventually.True(() => File.Exists(said), "what the program says");

        var lines = await File.ReadAllLinesAsync(said);
        Assert.Contains($"LEDGER_PATH={stage.Ledger.Path}", lines);
        Assert.Contains("LEDGER_GROUP=g", lines);
        Assert.Contains("LEDGER_SUPERVISOR=a", lines);
        Assert.Contains("STAGE_VALUE=kept everywhere", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("LEDGER_TOKEN", StringComparison.Ordinal));
        run.Signal(Signals.Int);
        Assert.Equal(0, await run.ExitAsync());
    }

    [LinuxFact]
    public async Task A_missing_command_is_told_before_anything_is_made()
    {
        var run = stage.Supervise("a", [], "/no/such/program");

        Assert.Equal(127, await run.ExitAsync());
        Assert.False(Directory.Exists(stage.Ledger.Path));
    }

    [LinuxFact]
    public async Task A_command_has_one_outcome_and_its_result_is_what_the_shell_printed()
    {
        var run = stage.Supervise("a", "--on-command",
            "read x; case \"$LEDGER_COMMAND\" in add) echo $((x + 1));; say) echo 'a \"žluť\"';; *) exit 4;; esac");
        await stage.Running("a");

        var done = stage.Start("send", "--group", "g", "a", "add", "41");
        Assert.Equal(0, await done.ExitAsync());
        Assert.Equal(["42"], done.Lines);
        var text = stage.Start("send", "--group", "g", "a", "say");
        Assert.Equal(0, await text.ExitAsync());
        Assert.Equal(["\"a \\\"žluť\\\"\""], text.Lines);
        var failed = stage.Start("send", "--group", "g", "a", "other");
        Assert.Equal(1, await failed.ExitAsync());
        Assert.Contains("exit code 4", failed.Errors, StringComparison.Ordinal);
        var unknown = stage.Start("send", "--group", "g", "nobody", "x");
        Assert.Equal(1, await unknown.ExitAsync());
        Assert.Contains("unknown", unknown.Errors, StringComparison.Ordinal);
        run.Signal(Signals.Term);
        Assert.Equal(0, await run.ExitAsync());
    }

    [LinuxFact]
    public async Task A_supervisor_without_a_way_to_execute_commands_refuses_them_and_says_why()
    {
        var run = stage.Supervise("a");
        await stage.Running("a");

        var sent = stage.Start("send", "--group", "g", "a", "anything");

        Assert.Equal(1, await sent.ExitAsync());
        Assert.Contains("refused: it takes no commands", sent.Errors, StringComparison.Ordinal);
        var command = Assert.Single(stage.State()!.Commands.Values);
        Assert.Equal(CommandStatus.Refused, command.Status);
        run.Signal(Signals.Term);
        Assert.Equal(0, await run.ExitAsync());
    }
}
