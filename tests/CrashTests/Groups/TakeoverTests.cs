using Ledger.CrashTests.Run;
using Ledger.Model.Groups;
using Ledger.Platform;

namespace Ledger.CrashTests.Groups;

/// <summary>An orchestrator that dies in the middle of something: its successor finishes it, or undoes it.</summary>
public sealed class TakeoverTests : IDisposable
{
    private readonly GroupStage stage = new();

    public void Dispose() => stage.Dispose();

    [LinuxTheory]
    [InlineData("", false)] // the start is reserved
    [InlineData("", true)] // the process that is to activate it is spawned
    [InlineData("trap '' TERM; ", false)] // the old program is still being ended
    public async Task One_program_runs_again_not_two_and_not_none(string first, bool isSpawned)
    {
        var all = await stage.SuperviseAll("a", "c");
        // While this file exists, what is spawned for b does not go on to activate it: a start is under way until the test saw it.
        var gate = stage.Ledger.File("gate");
        await using var registration = await stage.RegisterAsync("b", new SupervisorSettings
        {
            Launcher = ["/bin/sh", "-c", "while [ -e \"$0\" ]; do sleep 0.02; done; exec \"$@\"", gate, .. stage.SuperviseWords("b")[..^2]],
            StartInfo = new StartInfo("/bin/sh", ["-c", $"{first}sleep {stage.Seconds("b")}; exit 1"], null, [], null,
                RestartPolicy.Default with { BackoffIntervalsMs = [0] }),
        });
        var before = await stage.Running("b");
        await stage.OneProgramEach("b");

        await File.WriteAllTextAsync(gate, "");
        Assert.Equal(0, Libc.Kill(stage.WrapperOf("b"), Signals.Kill));
        await stage.Until(
            s => s.Supervisors["b"] is { Status: SupervisorStatus.Starting, Reservation: { } r } && (!isSpawned || r.TokenHash is not null),
            "a start under way");
        all[0].Signal(Signals.Kill);

        await stage.Until(s => s.Term == 2 && s.Acting is not null, "a successor");
        File.Delete(gate);
        await stage.RunsAnew(before);
        await stage.Running("a");
        await stage.OneProgramEach("a", "b", "c");
        Assert.Equal(2, stage.State()!.Term);
    }

    [LinuxFact]
    public async Task A_process_that_does_not_activate_in_time_is_ended_and_the_start_has_failed()
    {
        var all = await stage.SuperviseAll("a");
        var begun = stage.Ledger.File("begun");
        await using var registration = await stage.RegisterAsync("b", new SupervisorSettings
        {
            // Spawned, it says so and sleeps.
            Launcher = ["/bin/sh", "-c", "touch \"$0\"; exec sleep \"$1\"", begun],
            StartInfo = new StartInfo(stage.Seconds("b"), [], null, [], null, RestartPolicy.Default with { MaxAttempts = 1, BackoffIntervalsMs = [0] }),
            StartTimeoutMs = 1_000,
        });

        await Eventually.True(() => File.Exists(begun), "the process that does not activate it");
        var dead = await stage.Until("b", SupervisorStatus.Dead);
        Assert.Contains("activation: not within 1000 ms", dead.Reason, StringComparison.Ordinal);
        await Eventually.True(() => stage.Programs("b").Count == 0, "no program");
        Assert.Single(stage.Programs("a"));
        all[0].Signal(Signals.Term);
        Assert.Equal(0, await all[0].ExitAsync());
    }

    [LinuxFact]
    public async Task A_recorded_process_id_that_is_now_an_innocents_is_left_alone()
    {
        // The group's log says that a program of this number ran; the number is by now that of somebody else.
        using var innocent = System.Diagnostics.Process.Start("setsid", ["sleep", "300"]);
        await stage.SuperviseAll("b");
        var directory = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = stage.Ledger.Path, Create = false });
        var participant = await directory.JoinAsync("a");
        var group = await participant.JoinGroupAsync("g", new Ledger.Groups.GroupOptions { Executor = new PretendingExecutor(innocent.Id) });
        var settings = (await stage.Running("b")).Settings with { };
        await group.RegisterSupervisorAsync("a", settings with
        {
            Launcher = [.. settings.Launcher.Select(word => word == "b" ? "a" : word)],
            StartInfo = settings.StartInfo! with { Args = [stage.Seconds("a")] },
        });
        var before = await stage.Running("a");
        Assert.Equal(innocent.Id, before.Program!.Pid);

        // It leaves no word, as if it had been killed.
        participant.Core.Dispose();

        try
        {
            await stage.RunsAnew(before);
            Assert.False(innocent.HasExited);
        }
        finally
        {
            innocent.Kill();
        }
    }

    [LinuxFact]
    public async Task No_token_is_in_a_file()
    {
        await stage.SuperviseAll("a");
        var run = stage.Supervise("b");
        var before = await stage.Running("b");
        run.Signal(Signals.Kill);
        var after = await stage.RunsAnew(before);
        var wrapper = stage.State()!.Members[after.Incarnation!].Process.Pid;
        var block = Procfs.Read($"/proc/{wrapper}/environ");
        var token = ProcessVariables.Value(block, "LEDGER_TOKEN")!;

        Assert.Equal(64, token.Length);
        Assert.All(stage.Files(), file =>
        {
            Assert.DoesNotContain(token, file.Text, StringComparison.Ordinal);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.Mode);
        });
    }
}
