using System.Net;
using System.Net.Sockets;
using Ledger.CrashTests.Run;
using Ledger.Model.Groups;
using Ledger.Platform;

namespace Ledger.CrashTests.Groups;

/// <summary>Whatever is killed, the group heals: one program per supervisor, never two, never none.</summary>
public sealed class HealingTests : IDisposable
{
    private readonly GroupStage stage = new();

    public void Dispose() => stage.Dispose();

    [LinuxFact]
    public async Task A_killed_program_is_restarted_where_it_was()
    {
        await stage.SuperviseAll("a");
        var before = await stage.Running("a");

        Assert.Equal(0, Libc.Kill(before.Program!.Pid, Signals.Kill));

        var after = await stage.RunsAnew(before);
        Assert.Equal(before.Incarnation, after.Incarnation);
        await stage.OneProgramEach("a");
        Assert.Equal([after.Program!.Pid], stage.Programs("a"));
    }

    [LinuxFact]
    public async Task What_a_program_left_behind_ends_with_it_when_it_is_not_started_again()
    {
        stage.Supervise("a", ["--instances", "2", "--restart", "0"], "/bin/sh", "-c", $"sleep {stage.Seconds("a")} & wait");
        var before = await stage.Running("a-1");
        await stage.Running("a-2");
        await Eventually.True(() => stage.Programs("a").Count == 2, "what both began");

        Assert.Equal(0, Libc.Kill(before.Program!.Pid, Signals.Kill));

        await stage.Until("a-1", SupervisorStatus.Dead);
        await Eventually.True(() => stage.Programs("a").Count == 1, "the end of what was left");
        Assert.Equal(SupervisorStatus.Running, stage.State()!.Supervisors["a-2"].Status);
    }

    [LinuxFact]
    public async Task A_killed_wrapper_is_restarted_by_another_with_its_whole_configuration()
    {
        var said = stage.Ledger.File("said");
        stage.Supervise("b");
        await stage.Running("b");
        var run = stage.Supervise("a", ["--backoff", "0ms"], "/bin/sh", "-c", $"echo \"$STAGE_VALUE\" >> '{said}'; exec sleep {stage.Seconds("a")}");
        var before = await stage.Running("a");
        await Eventually.True(() => File.Exists(said), "the first program's word");

        run.Signal(Signals.Kill);

        var after = await stage.RunsAnew(before);
        Assert.False(TestLedger.IsAlive(before.Program!.Pid));
        await Eventually.True(() => File.Exists(said) && File.ReadAllLines(said).Length == 2, "the second program's word");
        Assert.Equal(["kept everywhere", "kept everywhere"], await File.ReadAllLinesAsync(said));
        Assert.Equal(before.Settings.StopGraceMs, after.Settings.StopGraceMs);
        Assert.NotEqual(before.Incarnation, after.Incarnation);
        await stage.OneProgramEach("a");
    }

    [LinuxFact]
    public async Task A_killed_orchestrator_has_exactly_one_successor_that_keeps_every_registration()
    {
        var all = await stage.SuperviseAll("a", "b", "c");
        var before = stage.State()!;
        Assert.Equal("a", before.Members[before.Acting!].ParticipantId);

        all[0].Signal(Signals.Kill);

        var after = await stage.Until(s => s.Term == 2 && s.Orchestrator!.Status == OrchestratorStatus.Running, "a successor");
        await stage.RunsAnew(before.Supervisors["a"]);
        Assert.Equal(before.Supervisors.Keys, stage.State()!.Supervisors.Keys);
        Assert.NotEqual(before.Acting, after.Acting);
        foreach (var id in new[] { "b", "c" }) Assert.Equal(before.Supervisors[id].Run, stage.State()!.Supervisors[id].Run);
        await stage.OneProgramEach("a", "b", "c");
        Assert.Equal(2, stage.State()!.Term);
    }

    [LinuxFact]
    public async Task A_frozen_orchestrator_is_succeeded_and_when_it_thaws_steps_down_and_changes_nothing()
    {
        await LedgerDirectory.OpenAsync(new LedgerOptions
        {
            Path = stage.Ledger.Path,
            HeartbeatInterval = TimeSpan.FromMilliseconds(500),
            StalenessThreshold = TimeSpan.FromSeconds(3),
        });
        var all = await stage.SuperviseAll("a", "b");
        var before = stage.State()!;

        all[0].Signal(Signals.Stop);
        await stage.Until(s => s.Term > 1 && s.Acting is not null, "a successor");
        var after = await stage.RunsAnew(before.Supervisors["a"]);
        all[0].Signal(Signals.Continue);

        Assert.Equal(75, await all[0].ExitAsync());
        Assert.Equal(after.Run, stage.State()!.Supervisors["a"].Run);
        Assert.Equal([after.Program!.Pid], stage.Programs("a"));
        Assert.Single(stage.Programs("b"));
    }

    [LinuxFact]
    public async Task When_everybody_is_killed_every_program_is_gone_within_five_seconds()
    {
        var all = await stage.SuperviseAll("b", "c");
        var a = stage.Supervise("a", [], "/bin/sh", "-c", $"sleep {stage.Seconds("a")} & exec sleep {stage.Seconds("other")}");
        await stage.Running("a");
        await Eventually.True(() => stage.Programs("a").Count == 1, "the grandchild");

        foreach (var each in all.Append(a)) each.Signal(Signals.Kill);

        await stage.NothingIsLeft(TimeSpan.FromSeconds(5));
    }

    [LinuxFact]
    public async Task Where_nobody_lives_stop_looks_after_the_group_itself()
    {
        var all = await stage.SuperviseAll("a", "b");
        foreach (var each in all) each.Signal(Signals.Kill);
        await stage.NothingIsLeft();

        var stop = stage.Start("stop", "--group", "g", "--all");

        Assert.Equal(0, await stop.ExitAsync());
        Assert.DoesNotContain(stage.State()!.Supervisors.Values, x => x.Status != SupervisorStatus.Stopped);
        await stage.NothingIsLeft();
    }

    [LinuxFact]
    public async Task Somebody_who_types_the_command_again_after_a_total_loss_gets_it_running()
    {
        var all = await stage.SuperviseAll("a");
        all[0].Signal(Signals.Kill);
        await stage.NothingIsLeft();

        stage.Supervise("a");

        await stage.Until(s => s.Term == 2 && s.Supervisors.GetValueOrDefault("a")?.Status == SupervisorStatus.Running, "it runs again");
        await stage.OneProgramEach("a");
    }

    [LinuxFact]
    public async Task A_port_that_a_stranger_holds_is_named_and_the_restart_ends_dead_with_its_last_attempt()
    {
        using var stranger = Listen(out var port);
        var run = stage.Supervise("a", "--port", $"{port}", "--restart", "1", "--backoff", "0ms");

        Assert.Equal(1, await run.ExitAsync());
        var dead = await stage.Until("a", SupervisorStatus.Dead);
        Assert.Contains($"port {port} held by pid {Environment.ProcessId}", dead.Reason, StringComparison.Ordinal);
        Assert.Empty(stage.Programs("a"));
        var alerts = (await stage.EventsAsync<GroupAlert>()).Where(alert => alert.Subject == "a").ToList();
        Assert.Equal(2, alerts.Count(alert => alert.Kind == AlertKind.ResourcesNotReleased));
        Assert.Equal(AlertKind.SupervisorDead, alerts[^1].Kind);
    }

    [LinuxFact]
    public async Task A_port_that_is_freed_in_between_lets_the_restart_through()
    {
        var stranger = Listen(out var port);
        using (stranger)
        {
            stage.Supervise("a", "--port", $"{port}", "--restart", "20", "--backoff", "0ms,1s");
            var waiting = await stage.Until(s => s.Supervisors.GetValueOrDefault("a") is { Status: SupervisorStatus.RestartScheduled }, "a refused start");
            Assert.Contains($"port {port}", waiting.Supervisors["a"].Reason, StringComparison.Ordinal);
        }

        await stage.Running("a");
        await stage.OneProgramEach("a");
    }

    [LinuxFact]
    public async Task Two_groups_and_two_ledgers_leave_each_other_alone()
    {
        using var elsewhere = new GroupStage();
        var here = await stage.SuperviseAll("a");
        await elsewhere.SuperviseAll("a", "b");
        var other = stage.Start("supervise", "--group", "other", "--id", "a", "--", "sleep", stage.Seconds("other"));
        await Eventually.True(() => stage.Programs("other").Count == 1, "the other group's program");
        var strangers = elsewhere.Programs("a").Concat(stage.Programs("other")).ToList();

        here[0].Signal(Signals.Kill);
        await Eventually.True(() => stage.Programs("a").Count == 0, "the end of the killed one's program");
        await stage.SuperviseAll("b");
        var stop = stage.Start("stop", "--group", "g", "--all");
        Assert.Equal(0, await stop.ExitAsync());

        Assert.Equal(strangers, elsewhere.Programs("a").Concat(stage.Programs("other")));
        other.Signal(Signals.Term);
        Assert.Equal(0, await other.ExitAsync());
    }

    [LinuxFact]
    public async Task A_command_that_is_gone_when_it_is_to_be_restarted_is_a_failed_start_with_its_step()
    {
        var program = stage.Ledger.File("program");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec sleep {stage.Seconds("a")}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var run = stage.Supervise("a", ["--restart", "1", "--backoff", "0ms"], program);
        var before = await stage.Running("a");
        // It runs as soon as the group has accepted it; only now it surely has been executed.
        await stage.OneProgramEach("a");

        File.Delete(program);
        Assert.Equal(0, Libc.Kill(before.Program!.Pid, Signals.Kill));

        Assert.Equal(1, await run.ExitAsync());
        Assert.Contains("command: there is no command", (await stage.Until("a", SupervisorStatus.Dead)).Reason, StringComparison.Ordinal);
        await stage.NothingIsLeft();
    }

    [LinuxFact]
    public async Task A_working_directory_that_is_gone_is_a_failed_start_with_its_step_elsewhere_too()
    {
        var folder = Directory.CreateDirectory(stage.Ledger.File("folder"));
        await stage.SuperviseAll("b");
        var words = stage.Verb("supervise", "--group", "g", "--id", "a", "--restart", "1", "--backoff", "0ms", "--", "sleep", stage.Seconds("a"));
        var run = stage.Ledger.Start(["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder.FullName, .. words], "none");
        await stage.Running("a");

        folder.Delete();
        run.Signal(Signals.Kill);

        Assert.Contains("directory: the working directory", (await stage.Until("a", SupervisorStatus.Dead)).Reason, StringComparison.Ordinal);
        await Eventually.True(() => stage.Programs("a").Count == 0, "no program");
    }

    [LinuxFact]
    public async Task An_independent_one_outlives_who_restarted_it_and_is_adopted_once()
    {
        var all = await stage.SuperviseAll("b", "c");
        var run = stage.Supervise("a", "--mode", "independent");
        var first = await stage.Running("a");
        run.Signal(Signals.Kill);
        var second = await stage.RunsAnew(first);
        Assert.Equal(stage.State()!.Acting, second.Owner);

        all[0].Signal(Signals.Kill);

        var adopted = await stage.Until(s => s.Term == 2 && s.Supervisors["a"].Owner == s.Acting, "its adoption");
        Assert.Equal(second.Run, adopted.Supervisors["a"].Run);
        await stage.OneProgramEach("a");
        Assert.Equal([second.Program!.Pid], stage.Programs("a"));
        Assert.Equal(1, await stage.AcceptedAsync("supervisorAdopted"));
    }

    [LinuxFact]
    public async Task An_independent_one_that_nobody_adopts_ends_itself()
    {
        var all = await stage.SuperviseAll("b");
        var run = stage.Supervise("a", "--mode", "independent", "--adopt-within", "2s");
        var first = await stage.Running("a");
        run.Signal(Signals.Kill);
        await stage.RunsAnew(first);

        all[0].Signal(Signals.Kill);

        await stage.NothingIsLeft();
    }

    private static Socket Listen(out int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        socket.Listen();
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }
}
