using Ledger.Platform;

namespace Ledger.Tests.Platform;

public sealed class ProcessTableTests
{
    private readonly ProcessTable _table = new(HostIdentity.Current(), events: null);

    [LinuxFact]
    public void A_process_runs_until_it_has_exited()
    {
        using var process = TestProcess.Sleeping();

        Assert.Equal(ProcessState.Running, _table.Look(process.Identity));
        process.KillAndReap();
        Assert.Equal(ProcessState.Exited, _table.Look(process.Identity));
    }

    [LinuxFact]
    public async Task A_zombie_has_exited()
    {
        using var process = TestProcess.Sleeping();

        process.Kill();
        await Eventually.True(() => ProcStat.Read(process.Pid)?.State == 'Z', "the zombie");

        Assert.Equal(0, Libc.Kill(process.Pid, 0));
        Assert.Equal(ProcessState.Exited, _table.Look(process.Identity));
    }

    [LinuxFact]
    public async Task A_stopped_process_runs()
    {
        using var process = TestProcess.Sleeping();

        Assert.Equal(0, Libc.Kill(process.Pid, Signals.Stop));
        await Eventually.True(() => ProcStat.Read(process.Pid)?.State == 'T', "the stop");

        Assert.Equal(ProcessState.Running, _table.Look(process.Identity));
    }

    [LinuxFact]
    public void A_pid_with_another_start_token_is_another_process()
    {
        using var process = TestProcess.Sleeping();

        Assert.Equal(ProcessState.Exited, _table.Look(process.Identity with { StartToken = "1" }));
    }

    [LinuxFact]
    public void Nothing_is_known_of_processes_elsewhere()
    {
        using var process = TestProcess.Sleeping();
        process.KillAndReap();

        Assert.Equal(ProcessState.Unknown, _table.Look(process.Identity with { BootId = "another" }));
        Assert.Equal(ProcessState.Unknown, _table.Look(process.Identity with { PidNamespace = "pid:[1]" }));
        Assert.Equal(ProcessState.Unknown, _table.Look(process.Identity with { Pid = 0 }));
        Assert.Equal(ProcessState.Unknown, _table.Look(process.Identity with { Pid = -process.Pid }));
        Assert.Equal(ProcessState.Unknown, _table.Look(process.Identity with { StartToken = "" }));
    }

    [LinuxFact]
    public void Without_kernel_events_nothing_can_be_watched() =>
        Assert.Null(_table.Watch(HostIdentity.Current(), () => { }));
}
