using Ledger.Cli.Run;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.CrashTests.Run;

public sealed class NestingTests : IDisposable
{
    private readonly TestLedger ledger = new();

    public void Dispose() => ledger.Dispose();

    [LinuxFact]
    public async Task The_command_gets_its_names_a_directory_a_group_and_only_its_own_descriptors()
    {
        var run = ledger.Run("--operation", "op", "--create", "--call", "c1", "--name", "me", "--watchdog", "60s", "--",
            "/bin/sh", "-c", "env; echo pid=$$; ls -d \"$LEDGER_TEMP\"; ls /proc/$$/fd | tr '\\n' ' '");

        Assert.Equal(0, await run.ExitAsync());

        var lines = run.Lines.ToList();
        Assert.Contains($"LEDGER_PATH={ledger.Path}", lines);
        Assert.Contains("LEDGER_OPERATION=op", lines);
        Assert.Contains("LEDGER_CALL=c1", lines);
        Assert.Contains("LEDGER_PARTICIPANT=me", lines);
        Assert.Contains(lines, line => line.StartsWith("LEDGER_PROGRESS_FILE=", StringComparison.Ordinal));
        Assert.Contains($"pid={(await run.Events.Of("started"))["pgid"]}", lines);
        var temp = lines.Single(line => line.StartsWith("LEDGER_TEMP=", StringComparison.Ordinal))["LEDGER_TEMP=".Length..];
        Assert.Contains(temp, lines);
        Assert.False(Directory.Exists(temp));
        // A shell may keep its own script descriptor at 10 or above; the status descriptor is 7.
        Assert.DoesNotContain("7", lines[^1].Split(' '));
    }

    [LinuxFact]
    public async Task A_run_within_a_run_is_its_callee()
    {
        var run = ledger.RunAs("a", ["--call", "outer", "--", .. ledger.Words("b", "--call", "inner", "--", "true")]);

        Assert.Equal(0, await run.ExitAsync());

        var operation = await run.Events.Operation();
        Assert.Equal(operation, await ledger.Events("b").Operation());
        var changes = new List<StateChange>();
        await foreach (var change in (await ledger.OpenAsync()).StateChanges(operation, follow: false)) changes.Add(change);
        var inner = changes.Select(change => change.Entry.Data).OfType<CallStarted>().Single(call => call.CallId == "inner");
        Assert.Equal("outer", inner.CallerId);
        Assert.Equal(OperationStatus.Completed, changes[^1].State.Status);
    }

    [LinuxFact]
    public async Task What_surrounds_a_run_counts_only_for_the_same_ledger()
    {
        var run = ledger.RunWith(
            new Dictionary<string, string>
            {
                [RunVariables.Path] = ledger.File("elsewhere"),
                [RunVariables.Operation] = "theirs",
                [RunVariables.Call] = "theirs",
            },
            "--", "true");

        Assert.Equal(0, await run.ExitAsync());

        Assert.NotEqual("theirs", await run.Events.Operation());
        Assert.False(Directory.Exists(ledger.File("elsewhere")));
    }

    [LinuxFact]
    public async Task Who_created_the_operation_waits_for_the_calls_of_others_and_says_so()
    {
        var first = ledger.RunAs("a", "--operation", "op", "--create", "--", "/bin/sh", "-c", $"read -r line <'{ledger.Fifo("go")}'");
        await first.Events.Of("started");
        var second = ledger.RunAs("b", "--operation", "op", "--call", "slow", "--name", "second", "--", "sleep", "60");
        await second.Events.Of("started");
        await File.WriteAllTextAsync(ledger.File("go"), "\n");

        await Eventually.True(() => first.Errors.Contains("waiting for slow (second)", StringComparison.Ordinal), "whom it waits for");
        Assert.Equal(OperationStatus.Running, (await ledger.ReadAsync("op")).Status);
        Assert.Equal(0, Libc.Kill(await second.Events.Command(), Signals.Kill));

        Assert.Equal(137, await second.ExitAsync());
        Assert.Equal(75, await first.ExitAsync());
        Assert.Equal(OperationStatus.Failed, (await ledger.ReadAsync("op")).Status);
    }

    [LinuxFact]
    public async Task Who_waits_too_long_for_others_aborts()
    {
        var first = ledger.RunAs("a", "--operation", "op", "--create", "--complete-timeout", "100ms", "--", "/bin/sh", "-c", $"read -r line <'{ledger.Fifo("go")}'");
        await first.Events.Of("started");
        var second = ledger.RunAs("b", "--operation", "op", "--", "sleep", "60");
        await second.Events.Of("started");
        await File.WriteAllTextAsync(ledger.File("go"), "\n");

        Assert.Equal(75, await first.ExitAsync());
        Assert.Equal(75, await second.ExitAsync());
        Assert.Equal(CauseType.Aborted, (await ledger.ReadAsync("op")).Cause!.Type);
    }
}
