using Ledger.Model;
using Ledger.Platform;

namespace Ledger.CrashTests.Run;

public sealed class TerminalTests : IDisposable
{
    private readonly TestLedger ledger = new();

    public void Dispose() => ledger.Dispose();

    [TerminalFact]
    public async Task The_command_reads_the_terminal_and_survives_Ctrl_Z_which_is_no_crash()
    {
        var directory = await ledger.CreateQuickAsync();
        await using var other = await directory.JoinAsync("other");
        await using var operation = await other.CreateOperationAsync("op");
        var words = ledger.Words("run", "--operation", "op", "--contain", "--", "/bin/sh", "-c", "read -r word; exit ${#word}");
        using var script = LedgerProcess.StartOnTerminal(LedgerProcess.Quoted(words), ledger.File("none"));
        var command = await ledger.Events("run").Command();
        var wrapper = ParentOf(command);
        await Eventually.True(() => ForegroundOf(command) == command, "the foreground");

        await script.TypeAsync("\u001a");
        await Eventually.True(() => ProcStat.Read(wrapper)?.State == 'T', "the wrapper's own stop");
        await SilentRunIsRemovedAsync(directory);
        Assert.Equal(FrameStatus.Active, (await operation.ReadAsync()).Stack.Values.Single().Status);

        // Some versions of script stop with what runs on their terminal, a moment later.
        await Eventually.True(
            () => Continue(script.Pid) && Continue(wrapper) && ForegroundOf(command) == command, "the foreground again");
        await script.TypeAsync("hello\n");

        Assert.Equal(5, await ExitedAsync(script));
        await operation.CompleteAsync();
    }

    [TerminalFact]
    public async Task Ctrl_Z_stops_a_shell_between_two_runs_too_and_the_terminals_settings_stay()
    {
        var settings = ledger.File("settings");
        using var script = StartWithShellBetween("", $"stty -echo; read -r word; [ $word = hello ]; stty -a >{settings}");
        var shell = await ledger.Events("outer").Command();
        var command = await ledger.Events("inner").Command();
        var wrapper = ParentOf(shell);
        int[] all = [wrapper, shell, ParentOf(command), command];
        await Eventually.True(() => ForegroundOf(command) == command, "the foreground");

        await script.TypeAsync("\u001a");
        await Eventually.True(() => all.All(pid => ProcStat.Read(pid)?.State == 'T'), "everybody's stop", evidence: () => Lines(script, all));

        await Eventually.True(
            () => Continue(script.Pid) && Continue(wrapper) && ForegroundOf(command) == command, "the foreground again");
        await script.TypeAsync("hello\n");
        Assert.Equal(6, await ExitedAsync(script, all));
        Assert.Contains("-echo ", await File.ReadAllTextAsync(settings), StringComparison.Ordinal);
    }

    [TerminalFact]
    public async Task A_run_in_the_background_that_is_continued_stops_nobody()
    {
        using var script = StartWithShellBetween("trap 'exit 7' TTOU; ", "read -r word; [ $word = hello ]");
        var command = await ledger.Events("inner").Command();
        await Eventually.True(() => ForegroundOf(command) == command, "the foreground");

        // Who sets the terminal from the background is stopped by SIGTTOU, and with it all of its group.
        var wrapper = ParentOf(command);
        Continue(wrapper);
        await script.TypeAsync("hello\n");

        Assert.Equal(6, await ExitedAsync(script, wrapper));
    }

    [LinuxFact]
    public async Task Ctrl_Z_without_the_terminal_stops_the_command_too_and_is_no_crash()
    {
        var directory = await ledger.CreateQuickAsync();
        await using var other = await directory.JoinAsync("other");
        await using var operation = await other.CreateOperationAsync("op");
        var run = ledger.RunAs("run", "--operation", "op", "--contain", "--", "/bin/sh", "-c", "read -r word; exit ${#word}");
        var command = await run.Events.Command();

        run.Signal(Signals.TtyStop);
        await Eventually.True(() => ProcStat.Read(run.Pid)?.State == 'T', "the wrapper's stop");
        await Eventually.True(() => ProcStat.Read(command)?.State == 'T', "the command's stop");
        await SilentRunIsRemovedAsync(directory);
        Assert.Equal(FrameStatus.Active, (await operation.ReadAsync()).Stack.Values.Single().Status);

        run.Signal(Signals.Continue);
        await run.TypeAsync("hello\n");
        Assert.Equal(5, await run.ExitAsync());
        await operation.CompleteAsync();
    }

    /// <summary>A run within a shell within a run. The shell does something first, and exits with 6 when the inner run has
    /// succeeded.</summary>
    private LedgerProcess StartWithShellBetween(string first, string command)
    {
        var inner = LedgerProcess.Quoted(ledger.Words("inner", "--", "/bin/sh", "-c", command));
        var outer = LedgerProcess.Quoted(ledger.Words("outer", "--", "/bin/sh", "-c", $"{first}{inner} && exit 6"));
        return LedgerProcess.StartOnTerminal(outer, ledger.File("none"));
    }

    /// <summary>Another run, silent for a shorter time, without having said that it would be, is declared crashed.</summary>
    private async Task SilentRunIsRemovedAsync(LedgerDirectory directory)
    {
        var control = ledger.RunAs("control", "--operation", "op", "--contain", "--call", "control", "--", "sleep", "60");
        await control.Events.Of("started");
        control.Signal(Signals.Stop);
        await Eventually.True(
            () => directory.Read("op").Stack.Values.All(frame => frame.CallId != "control"), "the removal of the other's frame");
    }

    private static Task<int> ExitedAsync(LedgerProcess script, params int[] all) =>
        TerminalScript.ExitCodeAsync(script, () => Lines(script, all));

    /// <summary>What the system says of processes and their threads.</summary>
    private static string Lines(LedgerProcess script, int[] all)
    {
        int[] pids = [script.Pid, .. all];
        var lines = pids.SelectMany(pid => Directory.Exists($"/proc/{pid}/task") ? Directory.GetDirectories($"/proc/{pid}/task") : [])
            .SelectMany(task => new[] { Procfs.Read($"{task}/stat"), Procfs.Read($"{task}/wchan") });
        return string.Join('\n', lines) + "\n" + script.Errors;
    }

    private static bool Continue(int pid) => Libc.Kill(pid, Signals.Continue) == 0;

    private static int ParentOf(int pid) => ProcStat.Read(pid)!.Value.Parent;

    /// <summary>The foreground group of the terminal a process has.</summary>
    private static int ForegroundOf(int pid) => TerminalScript.Field(pid, 5);
}
