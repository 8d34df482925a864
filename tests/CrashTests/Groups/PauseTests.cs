using Ledger.CrashTests.Run;
using Ledger.Model.Groups;
using Ledger.Platform;

namespace Ledger.CrashTests.Groups;

/// <summary>Ctrl-Z at the terminal of a wrapper.</summary>
public sealed class PauseTests : IDisposable
{
    private readonly GroupStage stage = new();

    public void Dispose() => stage.Dispose();

    [TerminalFact]
    public async Task Ctrl_Z_stops_the_wrapper_and_its_program_which_is_no_crash_and_another_orchestrates_meanwhile()
    {
        await LedgerDirectory.OpenAsync(new LedgerOptions
        {
            Path = stage.Ledger.Path,
            HeartbeatInterval = TimeSpan.FromMilliseconds(200),
            StalenessThreshold = TimeSpan.FromSeconds(2),
        });
        using var script = LedgerProcess.StartOnTerminal(
            $"exec {LedgerProcess.Quoted(stage.SuperviseWords("a"))}", stage.Ledger.File("none"));
        var before = await stage.Running("a");
        var wrapper = stage.WrapperOf("a");
        Assert.Equal(before.Incarnation, stage.State()!.Acting);
        var others = await stage.SuperviseAll("b", "c");

        await script.TypeAsync("\u001a");
        await Eventually.True(() => StateOf(wrapper) == 'T' && StateOf(before.Program!.Pid) == 'T', "the stop of both");
        var healed = await stage.Until(s => s.Term == 2 && s.Acting is not null, "another orchestrator");
        // The one that does not orchestrate: silent for a shorter time, without having said that it would be, and taken for dead.
        var isFirst = healed.Acting == healed.Supervisors["c"].Incarnation;
        var control = await stage.Running(isFirst ? "b" : "c");
        others[isFirst ? 0 : 1].Signal(Signals.Stop);
        await stage.RunsAnew(control);
        Assert.True(stage.State()!.IsPresent(before.Incarnation));
        Assert.Equal(before.Run, (await stage.Running("a")).Run);

        // Some versions of script stop with what runs on their terminal, a moment later.
        await Eventually.True(
            () => Libc.Kill(script.Pid, Signals.Continue) == 0 && Libc.Kill(wrapper, Signals.Continue) == 0 && StateOf(wrapper) is 'S' or 'R',
            "its going on");
        await Eventually.True(() => StateOf(before.Program!.Pid) is 'S' or 'R', "the program's going on");
        Assert.Equal([before.Program!.Pid], stage.Programs("a"));
        Assert.Equal(0, Libc.Kill(wrapper, Signals.Term));
        Assert.Equal(0, await TerminalScript.ExitCodeAsync(script));
        Assert.Equal(SupervisorStatus.Stopped, stage.State()!.Supervisors["a"].Status);
    }

    [TerminalFact]
    public async Task Ctrl_Z_at_an_orchestrator_hands_over_and_it_stands_by_again_when_it_goes_on()
    {
        using var script = LedgerProcess.StartOnTerminal(
            $"exec {LedgerProcess.Quoted(stage.Verb("orchestrate", "--group", "g"))}", stage.Ledger.File("none"));
        var state = await stage.Until(s => s.Acting is not null, "an orchestrator");
        var (first, pid) = (state.Acting!, state.Members[state.Acting!].Process.Pid);
        await Eventually.True(() => script.Lines.Any(line => line.Contains("stands by", StringComparison.Ordinal)), "its standing by");
        await stage.SuperviseAll("b");

        await script.TypeAsync("\u001a");
        await Eventually.True(() => StateOf(pid) == 'T', "its stop");
        await stage.Until(s => s.Term == 2 && s.Acting == s.Supervisors["b"].Incarnation, "another orchestrator");
        Assert.True(stage.State()!.IsPresent(first));

        await Eventually.True(
            () => Libc.Kill(script.Pid, Signals.Continue) == 0 && Libc.Kill(pid, Signals.Continue) == 0 && StateOf(pid) is 'S' or 'R',
            "its going on");
        Assert.Equal(0, Libc.Kill(pid, Signals.Term));
        await Eventually.True(() => StateOf(pid) is null or 'Z', "its end", evidence: () => $"{StateOf(pid)} {string.Join('\n', script.Lines)}");
        Assert.Equal(0, await TerminalScript.ExitCodeAsync(script));
        Assert.Equal(DepartureReason.Normal, stage.State()!.Members[first].Departure);
        Assert.Equal(2, stage.State()!.Term);
    }

    private static char? StateOf(int pid) => ProcStat.Read(pid)?.State;
}
