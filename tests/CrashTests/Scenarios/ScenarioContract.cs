using Ledger.Model;

namespace Ledger.CrashTests.Scenarios;

/// <summary>The scenarios every coordination of three has to survive, on real processes: CLI calls Bridge, Bridge calls
/// VSCode. Whatever the ledger lies on, and however the processes see each other.</summary>
public abstract class ScenarioContract
{
    /// <summary>Where the ledgers of these tests lie.</summary>
    private protected abstract Ground Ground { get; }

    private EvidenceType EvidenceOfDeath =>
        Ground.SeparateHosts ? EvidenceType.HeartbeatStale : EvidenceType.ProcessExited;

    [ContractFact]
    public async Task Happy_path()
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground);
        var (cli, bridge, code) = await ChainAsync(l);
        await code.DoAsync("end code");
        await bridge.DoAsync("end bridge");
        await cli.DoAsync("end cli");
        await cli.DoAsync("complete");
        foreach (var worker in new[] { cli, bridge, code })
            Assert.Equal("terminal op completed -", await worker.HearAsync("terminal"));
        Assert.All(new[] { cli, bridge, code }, w => Assert.DoesNotContain(w.Rest(), s => s.StartsWith("told", StringComparison.Ordinal)));
        Assert.Equal(OperationStatus.Completed, (await l.HistoryAsync("op"))[^1].State.Status);
    }

    [ContractFact]
    public async Task Initiator_crash_before_the_bridge_call()
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground);
        var cli = await l.StartAsync("cli");
        var bridge = await l.StartAsync("bridge");
        await cli.DoAsync("create op");
        await bridge.DoAsync("join op");
        cli.Kill();
        Assert.Equal("terminal op failed initiatorLost", await bridge.HearAsync("terminal"));
        await bridge.SendAsync("call late");
        Assert.Contains("initiatorLost", await bridge.HearAsync("error call"), StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task Initiator_crash_during_the_bridge_call()
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground);
        var (cli, bridge, code) = await ChainAsync(l);
        cli.Kill();
        Assert.Equal("cleanup bridge initiatorLost", await bridge.HearAsync("cleanup"));
        Assert.Equal("cleanup code initiatorLost", await code.HearAsync("cleanup"));
        Assert.Equal("terminal op failed initiatorLost", await bridge.HearAsync("terminal"));
        Assert.Equal("terminal op failed initiatorLost", await code.HearAsync("terminal"));
        await CleanedByRuleAsync(l, "cli", 2);
    }

    [ContractFact]
    public async Task Bridge_crash_before_the_callees_call()
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground);
        var (cli, bridge) = await PairAsync(l);
        bridge.Kill();
        Assert.Equal("cleanup cli participantCrashed", await cli.HearAsync("cleanup"));
        Assert.Equal("terminal op failed participantCrashed", await cli.HearAsync("terminal"));
    }

    [ContractFact]
    public async Task Bridge_crash_during_the_callees_call_cleans_everything()
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground);
        var (cli, bridge) = await PairAsync(l);
        var code = await l.StartAsync("code");
        await code.DoAsync("join op");
        var temporary = (await bridge.DoAsync("call inner caller=bridge temp")).Split(' ')[2];
        await code.DoAsync("call code caller=inner");
        Assert.True(Directory.Exists(temporary));
        bridge.Kill();
        Assert.Equal("told cli participantCrashed", await cli.HearAsync("told"));
        Assert.Equal("told code participantCrashed", await code.HearAsync("told"));
        Assert.Equal("terminal op failed participantCrashed", await cli.HearAsync("terminal"));
        Assert.Equal("terminal op failed participantCrashed", await code.HearAsync("terminal"));
        await GoneAsync(temporary);
        var history = await l.HistoryAsync("op");
        var crash = Assert.Single(history, h => h is { Type: EntryType.CrashDetected, Outcome.Accepted: true });
        Assert.Equal(EvidenceOfDeath, ((CrashDetected)crash.Entry.Data).Evidence);
        Assert.Equal(["bridge", "inner"], crash.Outcome.Crashed.Select(f => f.CallId));
    }

    [ContractFact]
    public async Task Bridge_hang_is_a_crash_after_the_threshold_and_a_zombie_changes_nothing()
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground);
        var (cli, bridge, code) = await ChainAsync(l);
        bridge.Stop();
        Assert.Equal("terminal op failed participantCrashed", await cli.HearAsync("terminal"));
        Assert.Equal("terminal op failed participantCrashed", await code.HearAsync("terminal"));
        var before = await l.HistoryAsync("op");
        var accusation = (CrashDetected)before.Single(h => h is { Type: EntryType.CrashDetected, Outcome.Accepted: true }).Entry.Data;
        Assert.Equal(EvidenceType.HeartbeatStale, accusation.Evidence);
        Assert.True(accusation.StaleForMs >= 2000, $"declared after {accusation.StaleForMs} ms");
        bridge.Continue();
        await bridge.HearAsync("told bridge", "cleanup bridge");
        await bridge.SendAsync("end bridge");
        Assert.Contains("FencedException", await bridge.HearAsync("error end", "ok end"), StringComparison.Ordinal);
        Assert.DoesNotContain((await l.HistoryAsync("op")).Skip(before.Count), h => h.Outcome.Accepted);
        await bridge.DoAsync("create other");
        await bridge.DoAsync("complete");
    }

    [ContractFact]
    public async Task Callee_time_out()
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground);
        var (cli, bridge, code) = await ChainAsync(l);
        await bridge.DoAsync("guard bridge 100");
        Assert.Equal("guarded bridge timeout", await bridge.HearAsync("guarded"));
        await bridge.DoAsync("fail bridge the editor does not answer");
        Assert.Equal("told code callFailed", await code.HearAsync("told"));
        Assert.Equal("terminal op failed callFailed", await cli.HearAsync("terminal"));
    }

    [ContractFact]
    public async Task Callee_error()
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground);
        var (cli, bridge, code) = await ChainAsync(l);
        await bridge.DoAsync("guard bridge 60000");
        await code.DoAsync("fail code no such file");
        Assert.Equal("guarded bridge callFailed", await bridge.HearAsync("guarded"));
        Assert.Equal("told cli callFailed", await cli.HearAsync("told"));
        Assert.Equal("terminal op failed callFailed", await cli.HearAsync("terminal"));
        Assert.Equal("no such file", (await l.HistoryAsync("op"))[^1].State.Cause!.Reason);
    }

    [ContractFact]
    public Task Abort_during_the_bridge_call() => AbortAsync(withCallee: false);

    [ContractFact]
    public Task Abort_during_the_callees_call() => AbortAsync(withCallee: true);

    private async Task AbortAsync(bool withCallee)
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground);
        var (cli, bridge) = await PairAsync(l);
        if (withCallee)
        {
            var code = await l.StartAsync("code");
            await code.DoAsync("join op");
            await code.DoAsync("call code caller=bridge");
        }
        Assert.Equal("True", await cli.DoAsync("abort unwanted"));
        Assert.Equal("cleanup bridge aborted", await bridge.HearAsync("cleanup"));
        Assert.Equal("terminal op failed aborted", await bridge.HearAsync("terminal"));
        Assert.True((await l.HistoryAsync("op"))[^1].State.Aborted);
    }

    [ContractFact]
    public async Task Direct_call_without_supervisor_is_cleaned_by_anyone()
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground);
        var cli = await l.StartAsync("cli");
        var tool = await l.StartAsync("tool");
        await cli.DoAsync("create op");
        await tool.DoAsync("join op");
        var temporary = (await tool.DoAsync("call direct temp")).Split(' ')[2];
        tool.Kill();
        Assert.Equal("terminal op failed participantCrashed", await cli.HearAsync("terminal"));
        await GoneAsync(temporary);
        await CleanedByRuleAsync(l, "direct", 2);
    }

    [ContractFact]
    public async Task Of_parallel_calls_one_dies_contained_and_the_other_goes_on()
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground);
        var (cli, bridge) = await PairAsync(l);
        var a = await l.StartAsync("a");
        var b = await l.StartAsync("b");
        await a.DoAsync("join op");
        await b.DoAsync("join op");
        await a.DoAsync("call a caller=bridge contain");
        await b.DoAsync("call b caller=bridge");
        await bridge.DoAsync("guard bridge 60000");
        a.Kill();
        Assert.Equal("guarded bridge participantCrashed", await bridge.HearAsync("guarded"));
        await b.DoAsync("end b");
        await bridge.DoAsync("end bridge");
        await cli.DoAsync("end cli");
        await CompletesAsync(l, cli);
        Assert.DoesNotContain(b.Rest(), s => s.StartsWith("told", StringComparison.Ordinal));
    }

    [ContractFact]
    public async Task A_crash_during_cleanup_is_cleaned_by_the_last_one_left()
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground);
        var (cli, bridge) = await PairAsync(l);
        var code = await l.StartAsync("code");
        await code.DoAsync("join op");
        await code.DoAsync("call code caller=bridge hang");
        bridge.Kill();
        Assert.Equal("cleanup code participantCrashed", await code.HearAsync("cleanup"));
        code.Kill();
        Assert.Equal("terminal op failed participantCrashed", await cli.HearAsync("terminal"));
    }

    private static async Task<(WorkerProcess Cli, WorkerProcess Bridge)> PairAsync(RealLedger l)
    {
        var cli = await l.StartAsync("cli");
        var bridge = await l.StartAsync("bridge");
        await cli.DoAsync("create op");
        await bridge.DoAsync("join op");
        await cli.DoAsync("call cli");
        await bridge.DoAsync("call bridge caller=cli");
        return (cli, bridge);
    }

    private static async Task<(WorkerProcess Cli, WorkerProcess Bridge, WorkerProcess Code)> ChainAsync(RealLedger l)
    {
        var (cli, bridge) = await PairAsync(l);
        var code = await l.StartAsync("code");
        await code.DoAsync("join op");
        await code.DoAsync("call code caller=bridge");
        return (cli, bridge, code);
    }

    /// <summary>What a crashed call left is gone before its operation ends; where nobody left can reach it, with the
    /// operation's directory when that is archived.</summary>
    private async Task GoneAsync(string directory)
    {
        using var bound = new CancellationTokenSource(WorkerProcess.Bound);
        while (Ground.SeparateHosts && Directory.Exists(directory))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, bound.Token);
        Assert.False(Directory.Exists(directory));
    }

    /// <summary>Completes once what crashed, contained, has been cleaned off the stack.</summary>
    private static async Task CompletesAsync(RealLedger l, WorkerProcess initiator)
    {
        using var bound = new CancellationTokenSource(WorkerProcess.Bound);
        await foreach (var change in l.Directory.StateChanges("op", cancellationToken: bound.Token))
        {
            if (change.State.Stack.IsEmpty && change.State.Position > 8) break;
        }
        await initiator.DoAsync("complete");
        Assert.Equal("terminal op completed -", await initiator.HearAsync("terminal"));
    }

    private static async Task CleanedByRuleAsync(RealLedger l, string callId, int rule)
    {
        var cleaned = Assert.Single(await l.HistoryAsync("op"), h =>
            h.Outcome.Accepted && h.Entry.Data is FrameCleanedUp c && c.CallId == callId);
        Assert.Equal(rule, ((FrameCleanedUp)cleaned.Entry.Data).Rule);
    }
}
