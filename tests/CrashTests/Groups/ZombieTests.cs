using System.Net;
using System.Net.Sockets;
using Ledger.CrashTests.Run;
using Ledger.Model.Groups;
using Ledger.Platform;

namespace Ledger.CrashTests.Groups;

/// <summary>A zombie counts as dead: nobody waits for one to be reaped, and nobody takes one for a process that holds
/// anything.</summary>
public sealed class ZombieTests : IDisposable
{
    private readonly GroupStage stage = new();

    public void Dispose() => stage.Dispose();

    [LinuxFact]
    public async Task A_killed_wrapper_that_its_parent_never_reaps_is_restarted_elsewhere()
    {
        await stage.SuperviseAll("b");
        // The shell becomes a program that waits for no child.
        var parent = stage.Ledger.Start(
            ["/bin/sh", "-c", "\"$@\" & exec sleep 300", "parent", .. stage.SuperviseWords("a", "--backoff", "0ms")], "none");
        var before = await stage.Running("a");
        var wrapper = stage.WrapperOf("a");

        Assert.Equal(0, Libc.Kill(wrapper, Signals.Kill));

        var after = await stage.RunsAnew(before);
        Assert.Equal('Z', ProcStat.Read(wrapper)?.State);
        Assert.NotEqual(before.Incarnation, after.Incarnation);
        await stage.OneProgramEach("a");
        parent.Signal(Signals.Kill);
    }

    [LinuxFact]
    public async Task A_killed_program_that_its_frozen_wrapper_never_reaps_keeps_neither_its_group_nor_its_port()
    {
        await LedgerDirectory.OpenAsync(new LedgerOptions
        {
            Path = stage.Ledger.Path,
            HeartbeatInterval = TimeSpan.FromMilliseconds(500),
            StalenessThreshold = TimeSpan.FromSeconds(3),
        });
        await stage.SuperviseAll("b");
        var run = stage.Supervise("a", "--backoff", "0ms", "--port", FreePort(), "--stop-grace", "10m");
        var before = await stage.Running("a");

        run.Signal(Signals.Stop);
        await Eventually.True(() => IsStopped(run.Pid), "the wrapper's stop");
        Assert.Equal(0, Libc.Kill(before.Program!.Pid, Signals.Kill));
        await Eventually.True(() => ProcStat.Read(before.Program.Pid)?.State == 'Z', "the zombie");

        var after = await stage.RunsAnew(before);
        Assert.Equal('Z', ProcStat.Read(before.Program.Pid)?.State);
        await stage.OneProgramEach("a");
        Assert.Equal([after.Program!.Pid], stage.Programs("a"));
        run.Signal(Signals.Continue);
        Assert.Equal(75, await run.ExitAsync());
        Assert.Equal([after.Program.Pid], stage.Programs("a"));
    }

    [LinuxFact]
    public async Task A_zombie_in_a_programs_group_delays_neither_its_restart_nor_its_stop()
    {
        // Who stays behind in another session is the parent of a zombie in the program's group, and never reaps it.
        var left = stage.Ledger.File("left");
        var run = stage.Supervise("a", ["--backoff", "0ms", "--stop-grace", "10m"], "/bin/sh", "-c",
            $"(sleep 0 & echo $! >> '{left}'; exec setsid sleep 300 > /dev/null 2>&1) & exec sleep {stage.Seconds("a")}");
        var before = await stage.Running("a");
        await Eventually.True(() => Zombies(left, before).Count == 1, "the zombie in the program's group");

        Assert.Equal(0, Libc.Kill(before.Program!.Pid, Signals.Kill));

        var after = await stage.RunsAnew(before);
        Assert.Single(Zombies(left, before));
        await Eventually.True(() => Zombies(left, after).Count == 1, "the zombie in the next program's group");

        run.Signal(Signals.Term);

        Assert.Equal(0, await run.ExitAsync());
        Assert.Single(Zombies(left, after));
        Assert.Equal(SupervisorStatus.Stopped, stage.State()!.Supervisors["a"].Status);
        Assert.Empty(stage.Programs("a"));
    }

    private static List<int> Zombies(string file, SupervisorEntry supervisor) => !File.Exists(file) ? [] :
    [
        .. File.ReadAllLines(file).Where(line => line.Length > 0).Select(int.Parse)
            .Where(pid => ProcStat.Read(pid) is { State: 'Z' } stat && stat.ProcessGroup == supervisor.Program!.Pgid),
    ];

    /// <summary>Each of its threads: one that still runs could reap.</summary>
    private static bool IsStopped(int pid) => Directory.GetDirectories($"/proc/{pid}/task")
        .All(thread => ProcStat.Parse(Procfs.Read($"{thread}/stat")) is { State: 'T' });

    private static string FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return $"{((IPEndPoint)socket.LocalEndPoint!).Port}";
    }
}
