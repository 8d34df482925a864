using Ledger.Platform;

namespace Ledger.Hosting.Tests.Processes;

public sealed class TerminalForegroundTests
{
    [TerminalFact]
    public async Task A_command_reads_the_terminal_and_the_wrapper_gets_it_back()
    {
        using var probe = await Probe.StartOnTerminal("tty", "/bin/sh", "-c", "read -r word; exit ${#word}");
        await probe.Says("terminal");

        await probe.Input.WriteLineAsync("hello");
        await probe.Input.FlushAsync();

        await probe.Says("terminal back");
        await probe.Says("exited 5");
    }

    [TerminalFact]
    public async Task After_a_stop_from_the_terminal_the_command_gets_it_again()
    {
        using var probe = await Probe.StartOnTerminal("tty", "/bin/sh", "-c", "read -r word; exit ${#word}");
        var wrapper = ParentOf(probe.Command);
        await Eventually.True(() => ForegroundOf(probe.Command) == probe.Command, "the foreground");

        const char controlZ = '\u001a';
        await probe.Input.WriteAsync(controlZ);
        await probe.Input.FlushAsync();
        await Eventually.True(() => ProcStat.Read(wrapper)?.State == 'T', "the wrapper's own stop");
        Assert.Equal(ProcStat.Read(wrapper)!.Value.ProcessGroup, ForegroundOf(probe.Command));

        // Some versions of script stop with what runs on their terminal, a moment later.
        await Eventually.True(() => Continue(probe.Pid) && Continue(wrapper) && probe.HasSaid("continued"), "the way on");
        await probe.Says($"^Zstopped {Signals.TtyStop}");
        await probe.Says("resumed");
        await Eventually.True(() => ForegroundOf(probe.Command) == probe.Command, "the foreground again");
        await probe.Input.WriteLineAsync("hello");
        await probe.Input.FlushAsync();

        await probe.Says("terminal back");
        await probe.Says("exited 5");
    }

    private static bool Continue(int pid) => Libc.Kill(pid, Signals.Continue) == 0;

    private static int ParentOf(int pid) => ProcStat.Read(pid)!.Value.Parent;

    /// <summary>The foreground group of the terminal a process has.</summary>
    private static int ForegroundOf(int pid) =>
        int.Parse(Procfs.Read($"/proc/{pid}/stat")!.Split(") ")[^1].Split(' ')[5], System.Globalization.CultureInfo.InvariantCulture);
}
