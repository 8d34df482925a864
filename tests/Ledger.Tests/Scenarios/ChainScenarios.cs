using Ledger.Model;

namespace Ledger.Tests.Scenarios;

/// <summary>cli calls bridge, bridge calls editor; and what can happen to them.</summary>
public sealed class ChainScenarios
{
    [Fact]
    public async Task Everything_goes_well()
    {
        var stage = await new Stage().SetAsync();
        var supervisor = new RecordingSupervisor();
        await stage["bridge"].Participant.RegisterSupervisorAsync("sup", supervisor);
        var (a, b, c) = await stage.ChainAsync(editor: new CallOptions { SupervisorId = "sup", SupervisorHandle = "window 7" });
        var terminal = stage.By("editor").WaitForTerminalAsync();
        stage.Ledger.Advance(TimeSpan.FromSeconds(30));

        await c.EndAsync();
        await b.EndAsync();
        await a.EndAsync();
        await stage.By("cli").CompleteAsync();

        Assert.True((await stage.Ledger.RunUntilAsync(terminal)).IsCompleted);
        Assert.Null((await stage.EndAsync()).Cause);
        Assert.Equal(["started window 7", "ended window 7"], supervisor.Told);
        Assert.False(stage.By("cli").CleanupToken.IsCancellationRequested);
        Assert.DoesNotContain(await stage.HistoryAsync(), c => c.Entry.Data is CrashDetected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_initiator_dies_before_it_called_the_bridge(bool oneHost)
    {
        var stage = await new Stage().SetAsync(oneHost);
        await stage.CallAsync("cli", "a");
        stage.Ledger.Advance(TimeSpan.FromSeconds(10));

        var died = stage.Elapsed;
        stage["cli"].Crash();
        await stage.Ledger.RunUntilAsync(() => stage.By("bridge").CleanupToken.IsCancellationRequested);
        var noticed = stage.Elapsed - died;

        Assert.InRange(noticed, oneHost ? TimeSpan.Zero : Stage.Threshold, oneHost ? TimeSpan.FromMilliseconds(25) : Stage.Threshold * 2);
        // What lay on the dead host cannot be deleted from another one.
        var end = await stage.EndAsync();
        Assert.Equal(CauseType.InitiatorLost, end.Cause!.Type);
        Assert.Equal(oneHost ? 0 : 1, end.LeftBehind.Length);
    }

    [Fact]
    public async Task The_initiator_dies_while_the_bridge_works_for_it()
    {
        var stage = await new Stage().SetAsync();
        await stage.CallAsync("cli", "a");
        var b = await stage.CallAsync("bridge", "b", "a");
        Cause? told = null;
        b.OnCleanup(c =>
        {
            told = c.Cause;
            Assert.False(c.Fenced);
            return ValueTask.CompletedTask;
        });

        stage["cli"].Crash();
        await stage.Ledger.RunUntilAsync(() => b.IsClosed);

        Assert.Equal(CauseType.InitiatorLost, told!.Type);
        Assert.True(b.CancellationToken.IsCancellationRequested);
        Assert.Equal(CauseType.InitiatorLost, (await stage.EndAsync()).Cause!.Type);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_bridge_dies_before_it_called_the_editor(bool oneHost)
    {
        var stage = await new Stage().SetAsync(oneHost);
        var a = await stage.CallAsync("cli", "a");
        await stage.CallAsync("bridge", "b", "a");
        var waiting = stage.By("cli").GuardAsync(Stage.Forever, a);

        stage["bridge"].Crash();

        var crash = await Assert.ThrowsAsync<CalleeCrashedException>(() => stage.Ledger.RunUntilAsync(waiting));
        Assert.Equal(("b", "bridge"), (crash.Cause.CallId, crash.Cause.ParticipantId));
        var end = await stage.EndAsync();
        Assert.Equal((OperationStatus.Failed, CauseType.ParticipantCrashed), (end.Status, end.Cause!.Type));
        var evidence = Assert.Single(await stage.AcceptedAsync<CrashDetected>()).Evidence;
        Assert.Equal(oneHost ? EvidenceType.ProcessExited : EvidenceType.HeartbeatStale, evidence);
    }

    [Fact]
    public async Task The_bridge_dies_while_the_editor_works_for_it()
    {
        var stage = await new Stage().SetAsync();
        var (a, _, c) = await stage.ChainAsync();
        List<string> cleaned = [];
        foreach (var call in new[] { a, c })
        {
            call.OnCleanup(_ =>
            {
                cleaned.Add(call.CallId);
                return ValueTask.CompletedTask;
            });
        }

        stage["bridge"].Crash();
        var end = await stage.EndAsync();

        Assert.Equal("b", end.Cause!.CallId);
        Assert.Equal(["a", "c"], cleaned.Order());
        Assert.Equal(["b"], (await stage.AcceptedAsync<FrameCleanedUp>()).Select(e => e.CallId));
        Assert.Equal(["a", "c"], (await stage.AcceptedAsync<FrameRemoved>()).Select(e => e.CallId).Order());
    }

    [Fact]
    public async Task The_bridge_hangs_although_it_beats()
    {
        var stage = await new Stage().SetAsync();
        var (_, b, _) = await stage.ChainAsync(bridge: new CallOptions { Watchdog = TimeSpan.FromSeconds(2) });
        var fenced = false;
        b.OnCleanup(c =>
        {
            fenced = c.Fenced;
            return ValueTask.CompletedTask;
        });
        for (var second = 0; second < 10; second++)
        {
            b.ReportProgress();
            stage.Ledger.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(OperationStatus.Running, stage.Now.Status);

        var end = await stage.EndAsync();

        Assert.Equal((CauseType.FrameHung, "b"), (end.Cause!.Type, end.Cause.CallId));
        Assert.Equal(MemberStatus.Joined, end.Members[stage["bridge"].Participant.Incarnation].Status);
        Assert.True(fenced);
        Assert.True(b.IsClosed);
    }

    [Fact]
    public async Task The_editor_does_not_answer_in_time()
    {
        var stage = await new Stage().SetAsync();
        var (_, b, c) = await stage.ChainAsync();
        var waiting = stage.By("bridge").GuardAsync(Stage.Forever, b, TimeSpan.FromSeconds(30));

        await Assert.ThrowsAsync<TimeoutException>(() => stage.Ledger.RunUntilAsync(waiting));
        Assert.Equal(OperationStatus.Running, stage.Now.Status);
        await b.FailAsync("the editor did not answer");
        var end = await stage.EndAsync();

        Assert.Equal(new Cause(CauseType.CallFailed, "b", "bridge", "the editor did not answer"), end.Cause);
        Assert.True(c.CancellationToken.IsCancellationRequested);
    }

    [Fact]
    public async Task The_editor_fails()
    {
        var stage = await new Stage().SetAsync();
        var (a, b, c) = await stage.ChainAsync();
        var waiting = stage.By("bridge").GuardAsync(Stage.Forever, b);

        await c.FailAsync("no such file");

        var failure = await Assert.ThrowsAsync<CalleeCrashedException>(() => stage.Ledger.RunUntilAsync(waiting));
        Assert.Equal(new Cause(CauseType.CallFailed, "c", "editor", "no such file"), failure.Cause);
        Assert.Equal(failure.Cause, (await stage.EndAsync()).Cause);
        Assert.Equal(failure.Cause, a.Cancellation);
        Assert.DoesNotContain(await stage.HistoryAsync(), e => e.Entry.Data is CrashDetected);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Somebody_aborts_while_the_bridge_or_the_editor_works(bool inEditor)
    {
        var stage = await new Stage().SetAsync();
        await stage.CallAsync("cli", "a");
        var last = await stage.CallAsync("bridge", "b", "a");
        if (inEditor) last = await stage.CallAsync("editor", "c", "b");
        var passerBy = await stage.StartAsync("passer-by");
        var cleanup = stage.By("editor").WaitForCleanupAsync();

        Assert.True(await passerBy.Participant.AbortAsync(Stage.Op, "enough"));
        Assert.False(await stage.By("cli").AbortAsync("me too"));

        Assert.Equal(CauseType.Aborted, (await stage.Ledger.RunUntilAsync(cleanup)).Cause!.Type);
        await stage.Ledger.RunUntilAsync(() => last.IsClosed);
        var end = await stage.EndAsync();
        Assert.True(end.Aborted);
        Assert.Equal(new Cause(CauseType.Aborted, null, "passer-by", "enough"), end.Cause);
        Assert.False(await passerBy.Participant.AbortAsync(Stage.Op, "late"));
    }

    [Fact]
    public async Task A_direct_call_without_supervisor_crashes()
    {
        var stage = await new Stage().SetAsync();
        await stage.CallAsync("cli", "a");
        await stage.CallAsync("editor", "c", "a");

        stage["editor"].Crash();
        var end = await stage.EndAsync();

        Assert.Equal((CauseType.ParticipantCrashed, "c"), (end.Cause!.Type, end.Cause.CallId));
        Assert.Equal(2, Assert.Single(await stage.AcceptedAsync<FrameCleanedUp>()).Rule);
    }

    [Fact]
    public async Task Of_two_parallel_calls_one_dies_and_is_contained()
    {
        var stage = await new Stage().SetAsync();
        var a = await stage.CallAsync("cli", "a");
        await stage.CallAsync("bridge", "b1", "a", new CallOptions { FailOnCrash = false });
        var b2 = await stage.CallAsync("editor", "b2", "a");
        var waiting = stage.By("cli").GuardAsync(Stage.Forever, a);

        stage["bridge"].Crash();

        var crash = await Assert.ThrowsAsync<CalleeCrashedException>(() => stage.Ledger.RunUntilAsync(waiting));
        Assert.Equal("b1", crash.Cause.CallId);
        await stage.UntilAsync(s => s.Stack.Count == 2);
        Assert.False(b2.CancellationToken.IsCancellationRequested);
        await b2.EndAsync();
        await a.EndAsync();
        await stage.By("cli").CompleteAsync();
        Assert.Equal(OperationStatus.Completed, (await stage.EndAsync()).Status);
    }

    [Fact]
    public async Task Of_two_parallel_calls_one_dies_and_takes_the_other_with_it()
    {
        var stage = await new Stage().SetAsync();
        await stage.CallAsync("cli", "a");
        await stage.CallAsync("bridge", "b1", "a");
        var b2 = await stage.CallAsync("editor", "b2", "a");

        stage["bridge"].Crash();
        await stage.EndAsync();

        Assert.Equal("b1", b2.Cancellation!.CallId);
    }

    [Fact]
    public async Task A_chain_of_ten_is_cut_in_the_middle()
    {
        var others = Enumerable.Range(0, 10).Select(i => $"p{i}").ToArray();
        var stage = await new Stage().SetAsync(true, others);
        var calls = new List<Call>();
        foreach (var id in others) calls.Add(await stage.CallAsync(id, "call-" + id, calls.LastOrDefault()?.CallId));

        stage["p5"].Crash();
        var end = await stage.EndAsync();

        Assert.Equal(("call-p5", "p5"), (end.Cause!.CallId, end.Cause.ParticipantId));
        Assert.All(calls.Where(c => c.CallId != "call-p5"), c => Assert.True(c.IsClosed));
        Assert.Single(await stage.AcceptedAsync<FrameCleanedUp>());
        Assert.Equal(9, (await stage.AcceptedAsync<FrameRemoved>()).Count);
    }
}
