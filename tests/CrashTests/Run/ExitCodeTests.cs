using Ledger.Model;
using Ledger.Platform;

namespace Ledger.CrashTests.Run;

public sealed class ExitCodeTests : IDisposable
{
    private readonly TestLedger ledger = new();

    public void Dispose() => ledger.Dispose();

    [LinuxTheory]
    [InlineData("true", 0, OperationStatus.Completed, null)]
    [InlineData("exit 3", 3, OperationStatus.Failed, CauseType.CallFailed)]
    [InlineData("kill -KILL $$", 137, OperationStatus.Failed, CauseType.CallFailed)]
    [InlineData("kill -TERM $$", 143, OperationStatus.Failed, CauseType.Aborted)]
    public async Task The_commands_own_end_is_the_exit_code_and_decides_the_operation(
        string script, int code, OperationStatus end, CauseType? cause)
    {
        var run = ledger.Run("--", "/bin/sh", "-c", script);

        Assert.Equal(code, await run.ExitAsync());

        var state = await ledger.ReadAsync(await run.Events.Operation());
        Assert.Equal((end, cause), (state.Status, state.Cause?.Type));
        Assert.Equal("", run.Errors);
    }

    [LinuxFact]
    public async Task A_command_that_is_not_there_or_cannot_be_executed_is_found_out_before_anything_is_made()
    {
        Assert.Equal(127, await ledger.Run("--", "no-such-command-anywhere").ExitAsync());
        Assert.Equal(126, await ledger.Run("--", "/etc/passwd").ExitAsync());
        Assert.False(Directory.Exists(ledger.Path));
    }

    [LinuxTheory]
    [InlineData("--operation", "a/b", "--", "true")]
    [InlineData("--call", "", "--", "true")]
    [InlineData("--name", "CON", "--", "true")]
    [InlineData("--grace", "soon", "--", "true")]
    [InlineData("--watchdog", "1ms", "--", "true")]
    [InlineData("--on-isolated", "panic", "--", "true")]
    [InlineData("--status-fd", "99", "--", "true")]
    [InlineData("--misspelt", "--", "true")]
    [InlineData("true")]
    [InlineData("--")]
    public async Task What_cannot_be_meant_is_refused_and_nothing_is_made(params string[] arguments)
    {
        var run = ledger.Run(arguments);

        Assert.Equal(2, await run.ExitAsync());

        Assert.NotEqual("", run.Errors);
        Assert.False(Directory.Exists(ledger.Path));
    }

    [LinuxFact]
    public async Task A_path_that_exists_already_is_no_temporary_one()
    {
        await File.WriteAllTextAsync(ledger.File("kept"), "x");

        Assert.Equal(2, await ledger.Run("--temp", ledger.File("kept"), "--", "true").ExitAsync());

        Assert.True(File.Exists(ledger.File("kept")));
        Assert.Empty((await ledger.OpenAsync()).List());
    }

    [LinuxFact]
    public async Task A_ledger_that_cannot_be_used_is_one_line_and_code_3()
    {
        using var run = LedgerProcess.Start(
            TestLedger.Verb("run", "--ledger", ledger.File("no/such/parent"), "--", "true"), ledger.File("none"));

        Assert.Equal(3, await run.ExitAsync());

        Assert.Contains(ledger.File("no/such/parent"), run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", run.Errors, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Who_cannot_join_or_push_a_frame_never_runs_the_command()
    {
        Assert.Equal(125, await ledger.Run("--operation", "none", "--", "touch", ledger.File("ran")).ExitAsync());
        Assert.Equal(0, await ledger.Run("--operation", "op", "--create", "--", "true").ExitAsync());
        Assert.Equal(125, await ledger.Run("--operation", "op", "--create", "--", "touch", ledger.File("ran")).ExitAsync());
        Assert.Equal(125, await ledger.Run("--caller", "nobody", "--", "touch", ledger.File("ran")).ExitAsync());
        Assert.False(File.Exists(ledger.File("ran")));
    }

    [LinuxTheory]
    [InlineData("exec sleep 60")]
    [InlineData("trap 'exit 0' TERM; echo ready; while :; do sleep 60 & wait; done")]
    public async Task A_command_that_is_stopped_because_its_operation_ends_is_75_whatever_it_returns(string script)
    {
        var run = ledger.Run("--", "/bin/sh", "-c", script);
        var command = await run.Events.Command();
        if (script.Contains("ready", StringComparison.Ordinal)) await Eventually.True(() => run.Lines.Contains("ready"), "the trap");
        await AbortAsync(await run.Events.Operation());

        Assert.Equal(75, await run.ExitAsync());

        Assert.False(TestLedger.IsAlive(command));
        Assert.StartsWith("ledger run: stopping /bin/sh: aborted", run.Errors, StringComparison.Ordinal);
        var state = await ledger.ReadAsync(await run.Events.Operation());
        Assert.Equal((OperationStatus.Failed, "enough"), (state.Status, state.Cause!.Reason));
        Assert.Equal("aborted", (string?)(await run.Events.Of("cleanup"))["cause"]!["type"]);
        Assert.Equal(75, (int)(await run.Events.Of("left"))["exitCode"]!);
    }

    [LinuxTheory]
    [InlineData("TERM", 15)]
    [InlineData("INT", 2)]
    public async Task A_signal_to_the_wrapper_reaches_the_command_and_its_death_aborts(string name, int signal)
    {
        var run = ledger.Run("--", "/bin/sh", "-c", $"trap 'trap - {name}; kill -{name} $$' {name}; echo ready; while :; do sleep 60 & wait; done");
        await Eventually.True(() => run.Lines.Contains("ready"), "the trap");

        run.Signal(signal);

        Assert.Equal(128 + signal, await run.ExitAsync());
        var state = await ledger.ReadAsync(await run.Events.Operation());
        Assert.Equal(
            (OperationStatus.Failed, CauseType.Aborted, $"signal {signal}"), (state.Status, state.Cause!.Type, state.Cause.Reason));
    }

    [LinuxFact]
    public async Task A_command_that_takes_a_signal_well_has_succeeded()
    {
        var run = ledger.Run("--", "/bin/sh", "-c", "trap 'exit 0' TERM; echo ready; while :; do sleep 60 & wait; done");
        await Eventually.True(() => run.Lines.Contains("ready"), "the trap");

        run.Signal(Signals.Term);

        Assert.Equal(0, await run.ExitAsync());
        Assert.Equal(OperationStatus.Completed, (await ledger.ReadAsync(await run.Events.Operation())).Status);
    }

    private async Task AbortAsync(string operation)
    {
        await using var other = await (await ledger.OpenAsync()).JoinAsync("other");
        Assert.True(await other.AbortAsync(operation, "enough"));
    }
}
