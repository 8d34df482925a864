using Ledger.Model;
using Ledger.Platform;

namespace Ledger.CrashTests.Run;

public sealed class CleanupTests : IDisposable
{
    private readonly TestLedger ledger = new();

    public void Dispose() => ledger.Dispose();

    [LinuxTheory]
    [InlineData("true", 0)]
    [InlineData("false", 1)]
    public async Task Temporary_paths_go_in_any_case(string end, int code)
    {
        string[] paths = [ledger.File("one"), ledger.File("two") + "/"];
        var run = ledger.Run("--temp", paths[0], "--temp", paths[1], "--",
            "/bin/sh", "-c", $"touch '{paths[0]}' \"$LEDGER_TEMP/x\"; mkdir '{paths[1]}'; touch '{paths[1]}/x'; ls -d {paths[1]}; {end}");

        Assert.Equal(code, await run.ExitAsync());

        Assert.Contains(paths[1], run.Lines);
        Assert.All(paths, path => Assert.False(Path.Exists(path)));
        Assert.Empty(Directory.GetFiles(Path.Combine(ledger.Path, "temp"), "*", SearchOption.AllDirectories));
    }

    [LinuxFact]
    public async Task The_cleanup_command_runs_after_the_command_has_ended_with_the_ended_operation_alone()
    {
        var run = ledger.Run("--operation", "op", "--create", "--on-cleanup", $"env | grep LEDGER_ > '{ledger.File("variables")}'; ps -o pgid= -p $$ > '{ledger.File("group")}'", "--",
            "/bin/sh", "-c", $"trap 'test -e \"{ledger.File("variables")}\" && touch \"{ledger.File("early")}\"; exit' TERM; echo ready; while :; do sleep 60 & wait; done");
        await Eventually.True(() => run.Lines.Contains("ready"), "the trap");
        await AbortAsync("op");

        Assert.Equal(75, await run.ExitAsync());

        Assert.Equal(["LEDGER_ENDED_OPERATION=op"], await File.ReadAllLinesAsync(ledger.File("variables")));
        Assert.False(File.Exists(ledger.File("early")));
        var group = (await File.ReadAllTextAsync(ledger.File("group"))).Trim();
        Assert.NotEqual($"{run.Pid}", group);
        Assert.NotEqual($"{await run.Events.Command()}", group);
    }

    [LinuxFact]
    public async Task The_cleanup_command_runs_when_the_command_fails_and_not_when_it_succeeds()
    {
        Assert.Equal(0, await ledger.Run("--on-cleanup", $"touch '{ledger.File("a")}'", "--", "true").ExitAsync());
        Assert.Equal(1, await ledger.Run("--on-cleanup", $"touch '{ledger.File("b")}'", "--", "false").ExitAsync());
        Assert.False(File.Exists(ledger.File("a")));
        Assert.True(File.Exists(ledger.File("b")));
    }

    [LinuxFact]
    public async Task A_cleanup_command_that_takes_too_long_is_ended()
    {
        var run = ledger.Run("--cleanup-timeout", "2s", "--on-cleanup", $"echo $$ > '{ledger.File("pid")}'; exec sleep 60", "--", "false");

        Assert.Equal(1, await run.ExitAsync());

        Assert.False(TestLedger.IsAlive(int.Parse(await File.ReadAllTextAsync(ledger.File("pid")), System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Contains("--on-cleanup was stopped", run.Errors, StringComparison.Ordinal);
        Assert.Equal(OperationStatus.Failed, (await ledger.ReadAsync(await run.Events.Operation())).Status);
    }

    [LinuxFact]
    public async Task Who_ignores_TERM_is_killed_after_the_grace_period()
    {
        var run = ledger.Run("--operation", "op", "--create", "--grace", "300ms", "--", "/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 60; done");
        await Eventually.True(() => run.Lines.Contains("ready"), "the trap");
        await AbortAsync("op");

        Assert.Equal(75, await run.ExitAsync());

        Assert.Equal(Signals.Kill, (int)(await run.Events.Of("exited"))["signal"]!);
    }

    [LinuxFact]
    public async Task The_grace_of_the_outer_run_does_not_cut_the_cleanup_of_the_inner_one_short()
    {
        // The inner cleanup waits for the test, which waits until KILL was due.
        var inner = ledger.Words("b", "--name", "b", "--on-cleanup",
            $"touch '{ledger.File("began")}'; read -r line <'{ledger.Fifo("go")}'; touch '{ledger.File("done")}'", "--", "sleep", "60");
        var run = ledger.RunAs("a", ["--operation", "op", "--create", "--grace", "100ms", "--", .. inner]);
        await ledger.Events("b").Of("started");
        await AbortAsync("op");
        await Eventually.True(() => File.Exists(ledger.File("began")), "the inner cleanup");
        var wrapper = await run.Events.Command();
        Assert.NotEqual(wrapper, ProcStat.Read(wrapper)!.Value.ProcessGroup);

        await Eventually.True(() => run.Errors.Contains("not killed yet", StringComparison.Ordinal), "the end of the grace period");
        Assert.True(TestLedger.IsAlive(wrapper));
        await File.WriteAllTextAsync(ledger.File("go"), "\n");

        Assert.Equal(75, await run.ExitAsync());
        Assert.True(File.Exists(ledger.File("done")));
        Assert.Equal(75, (int)(await ledger.Events("b").Of("left"))["exitCode"]!);
        Assert.Equal(OperationStatus.Failed, (await ledger.ReadAsync("op")).Status);
    }

    [LinuxFact]
    public async Task A_watched_command_without_progress_counts_as_hung()
    {
        await ledger.CreateQuickAsync();
        var run = ledger.Run("--watchdog", "400ms", "--", "sleep", "60");

        Assert.Equal(75, await run.ExitAsync());

        var state = await ledger.ReadAsync(await run.Events.Operation());
        Assert.Equal((OperationStatus.Failed, CauseType.FrameHung), (state.Status, state.Cause!.Type));
        Assert.False(TestLedger.IsAlive(await run.Events.Command()));
    }

    [LinuxFact]
    public async Task A_watched_command_that_says_it_is_busy_is_left_alone()
    {
        await ledger.CreateQuickAsync();
        var say = string.Join(' ', TestLedger.Verb("progress", "--busy-for", "60s").Select(word => $"'{word}'"));
        // Touching the file is progress too, and comes before the first report can be made.
        var run = ledger.Run("--watchdog", "10s", "--", "/bin/sh", "-c", $"{say} && cat \"$LEDGER_PROGRESS_FILE\"; : > \"$LEDGER_PROGRESS_FILE\"");

        Assert.Equal(0, await run.ExitAsync());

        Assert.Contains(run.Lines, line => line.Contains("\"busyForMs\":60000", StringComparison.Ordinal));
    }

    [LinuxFact]
    public async Task Touching_the_progress_file_feeds_the_watchdog()
    {
        await ledger.CreateQuickAsync();
        var fed = ledger.RunAs("fed", "--watchdog", "4s", "--", "/bin/sh", "-c", $"echo \"$LEDGER_PROGRESS_FILE\"; read -r line <'{ledger.Fifo("go")}'");
        await Eventually.True(() => fed.Lines.Any(), "the file's name");
        // Watched for a shorter time, and hung: so the other one would be, too.
        var starved = ledger.RunAs("starved", "--watchdog", "4s", "--", "sleep", "60");

        await Eventually.True(
            () =>
            {
                File.WriteAllText(fed.Lines.First(), "");
                return starved.Events.Find("exited") is not null;
            },
            "the end of the run that shows no progress");
        Assert.Null(fed.Events.Find("exited"));
        await File.WriteAllTextAsync(ledger.File("go"), "\n");

        Assert.Equal(0, await fed.ExitAsync());
        Assert.Equal(75, await starved.ExitAsync());
    }

    [LinuxFact]
    public async Task Progress_outside_of_a_run_is_a_mistake()
    {
        using var alone = LedgerProcess.Start(TestLedger.Verb("progress"), ledger.File("none"));
        Assert.Equal(2, await alone.ExitAsync());
        await ledger.OpenAsync(create: true);
        var variables = new Dictionary<string, string>
        {
            ["LEDGER_PATH"] = ledger.Path,
            ["LEDGER_OPERATION"] = "none",
            ["LEDGER_CALL"] = "none",
        };
        using var lost = LedgerProcess.Start(TestLedger.Verb("progress"), ledger.File("none"), variables);
        Assert.Equal(4, await lost.ExitAsync());
    }

    private async Task AbortAsync(string operation)
    {
        await using var other = await (await ledger.OpenAsync()).JoinAsync("other");
        Assert.True(await other.AbortAsync(operation, "enough"));
    }
}
