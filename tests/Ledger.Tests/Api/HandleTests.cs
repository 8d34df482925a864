using Ledger.Model;
using Ledger.Testing;
using Ledger.Tests.Scenarios;

namespace Ledger.Tests.Api;

public sealed class HandleTests
{
    [Fact]
    public async Task Handles_of_one_process_share_its_membership_which_ends_with_the_last()
    {
        var stage = await new Stage().SetAsync();
        var first = stage.By("bridge");
        var second = await stage["bridge"].Participant.JoinOperationAsync(Stage.Op);
        var a = await first.StartCallAsync("a");
        var b = await second.StartCallAsync("b");

        await first.LeaveAsync();
        Assert.True(a.IsClosed);
        Assert.Equal(["b"], stage.Now.Stack.Values.Select(f => f.CallId));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => first.StartCallAsync("c").AsTask());

        await second.LeaveAsync();
        Assert.True(b.IsClosed);
        Assert.Equal(MemberStatus.Left, stage.Now.Members[stage["bridge"].Participant.Incarnation].Status);
        Assert.Equal(3, stage.Now.Members.Count);
        await Assert.ThrowsAsync<ProposalRejectedException>(() => stage.JoinAsync("bridge"));
        Assert.True(await stage["bridge"].Participant.AbortAsync(Stage.Op));
    }

    [Fact]
    public async Task An_initiator_leaves_with_its_last_handle_although_its_supervisor_takes_part()
    {
        var stage = await new Stage().SetAsync();
        await stage["cli"].Participant.RegisterSupervisorAsync("sup", new RecordingSupervisor());
        var call = await stage.CallAsync("bridge", "b", null, new CallOptions { SupervisorId = "sup" });
        await stage.UntilAsync(s => s.Supervisors.ContainsKey("sup"));
        await call.EndAsync();

        await stage.By("cli").DisposeAsync();
        Assert.Equal(CauseType.InitiatorLost, (await stage.EndAsync()).Cause!.Type);
    }

    [Fact]
    public async Task A_supervisor_stays_on_when_its_processs_last_handle_is_closed()
    {
        var stage = await new Stage().SetAsync();
        var supervisor = new RecordingSupervisor();
        await stage["editor"].Participant.RegisterSupervisorAsync("sup", supervisor);
        await stage.CallAsync("bridge", "b", null, new CallOptions { SupervisorId = "sup", FailOnCrash = false });
        await stage.UntilAsync(s => s.Supervisors.ContainsKey("sup"));

        await stage.By("editor").DisposeAsync();
        stage["bridge"].Crash();
        await stage.Ledger.RunUntilAsync(() => supervisor.Crashes.Count == 1);
        Assert.Equal(OperationStatus.Running, stage.Now.Status);
    }

    [Fact]
    public async Task Who_waits_for_open_calls_waits_for_the_completion_of_what_it_began()
    {
        var stage = await new Stage().SetAsync();
        var own = await stage.CallAsync("cli", "c");
        var called = await stage.CallAsync("bridge", "b");
        var initiator = stage["cli"].Participant.WaitForOpenCallsAsync();
        var callee = stage["bridge"].Participant.WaitForOpenCallsAsync();

        await called.EndAsync();
        await callee;
        await own.EndAsync();
        Assert.False(initiator.IsCompleted);
        await stage.By("cli").CompleteAsync();
        await initiator;
    }

    [Fact]
    public async Task Nobody_waits_for_open_calls_where_there_are_none()
    {
        var stage = await new Stage().SetAsync();
        await stage["cli"].Participant.WaitForOpenCallsAsync();
        Assert.Equal(OperationStatus.Running, stage.Now.Status);
    }

    [Fact]
    public async Task Leaving_with_a_reason_fails_the_open_calls()
    {
        var stage = await new Stage().SetAsync();
        await stage.CallAsync("bridge", "b");
        await stage.By("bridge").LeaveAsync("no more");
        Assert.Equal(new Cause(CauseType.CallFailed, "b", "bridge", "no more"), (await stage.EndAsync()).Cause);
    }

    [Fact]
    public async Task Stopping_a_participant_leaves_nothing_of_it()
    {
        var stage = await new Stage().SetAsync();
        await stage.CallAsync("bridge", "b", null, new CallOptions { FailOnCrash = false });
        await stage["bridge"].Participant.DisposeAsync();
        Assert.Empty(stage.Now.Stack);
        Assert.Empty(stage.Leftovers());
        Assert.Equal(2, stage.Ledger.Files.Directory.GetFiles("/ledger/participants").Length);
        stage.Ledger.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(OperationStatus.Running, stage.Now.Status);
        Assert.Empty(await stage.AcceptedAsync<CrashDetected>());
    }

    [Fact]
    public async Task Stopping_ends_in_time_although_a_cleanup_hangs()
    {
        var stage = await new Stage().SetAsync();
        var b = await stage.CallAsync("bridge", "b", null, new CallOptions { CleanupBound = TimeSpan.FromSeconds(10) });
        b.OnCleanup(_ => new ValueTask(new TaskCompletionSource().Task));
        await stage.By("cli").AbortAsync();
        var begin = stage.Elapsed;
        await stage.Ledger.RunUntilAsync(stage["bridge"].Participant.DisposeAsync().AsTask());
        Assert.InRange(stage.Elapsed - begin, TimeSpan.Zero, TimeSpan.FromSeconds(16));
    }

    [Fact]
    public async Task Stopping_ends_although_nothing_can_be_written()
    {
        var stage = await new Stage().SetAsync(oneHost: false);
        await stage.CallAsync("bridge", "b");
        stage["bridge"].Files.Fault = c => c.Kind == FileCallKind.Write ? FileFault.NoSpace : null;
        await Assert.ThrowsAsync<LedgerStorageException>(
            () => stage.Ledger.RunUntilAsync(stage["bridge"].Participant.DisposeAsync().AsTask(), TimeSpan.FromMinutes(2)));
        stage["bridge"].Files.Fault = null;
        // It beats no longer: to the others it is dead.
        Assert.Equal("b", (await stage.EndAsync("b")).Cause!.CallId);
    }

    [Fact]
    public async Task The_initiators_role_can_be_handed_over()
    {
        var stage = await new Stage().SetAsync();
        await Assert.ThrowsAsync<ProposalRejectedException>(() => stage.By("bridge").HandOverAsync("bridge").AsTask());
        await Assert.ThrowsAsync<ProposalRejectedException>(() => stage.By("cli").HandOverAsync("nobody").AsTask());
        await stage.By("cli").HandOverAsync("bridge");
        await Assert.ThrowsAsync<ProposalRejectedException>(() => stage.By("cli").CompleteAsync().AsTask());
        await stage.By("cli").LeaveAsync();
        stage["cli"].Crash();
        stage.Ledger.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(OperationStatus.Running, stage.Now.Status);
        await stage.By("bridge").CompleteAsync();
        Assert.Equal(OperationStatus.Completed, (await stage.EndAsync()).Status);
    }

    [Fact]
    public async Task An_initiator_that_leaves_without_handing_over_ends_the_operation()
    {
        var stage = await new Stage().SetAsync();
        await stage.By("cli").LeaveAsync();
        Assert.Equal(CauseType.InitiatorLost, (await stage.EndAsync()).Cause!.Type);
    }

    [Fact]
    public async Task An_id_is_used_once_and_what_is_over_cannot_be_joined()
    {
        var stage = await new Stage().SetAsync();
        var participant = stage["bridge"].Participant;
        await Assert.ThrowsAsync<OperationExistsException>(() => participant.CreateOperationAsync("OP").AsTask());
        await Assert.ThrowsAsync<OperationNotFoundException>(() => participant.JoinOperationAsync("other").AsTask());
        await stage.By("cli").CompleteAsync();
        var late = await stage.StartAsync("late");
        await Assert.ThrowsAsync<ProposalRejectedException>(() => late.Participant.JoinOperationAsync(Stage.Op).AsTask());
        await Assert.ThrowsAsync<ProposalRejectedException>(() => late.Participant.AbortAsync(Stage.Op).AsTask());
        await stage.EndAsync();
        var e = await Assert.ThrowsAsync<OperationExistsException>(() => participant.CreateOperationAsync(Stage.Op).AsTask());
        Assert.Contains("completed", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ProposalRejectedException>(() => late.Participant.JoinOperationAsync(Stage.Op).AsTask());
    }

    [Fact]
    public async Task Frames_on_the_stack_refuse_completion_by_name()
    {
        var stage = await new Stage().SetAsync();
        await stage.CallAsync("bridge", "b");
        var e = await Assert.ThrowsAsync<ProposalRejectedException>(() => stage.By("cli").CompleteAsync().AsTask());
        Assert.Equal("framesOnStack: b", e.Rejection);
    }

    [Fact]
    public async Task Fail_is_idempotent_and_dispose_fails_what_was_left_open()
    {
        var stage = await new Stage().SetAsync();
        CallOptions contained = new() { FailOnCrash = false };
        var ended = await stage.CallAsync("cli", "ended", null, contained);
        await using (ended) await ended.EndAsync();
        var failed = await stage.CallAsync("cli", "failed", null, contained);
        await failed.FailAsync("once");
        await failed.DisposeAsync();
        await using (await stage.CallAsync("cli", "forgotten", null, contained)) Assert.Single(stage.Now.Stack);

        Assert.Empty(stage.Now.Stack);
        Assert.Equal(["failed", "forgotten"], (await stage.AcceptedAsync<CallFailed>()).Select(f => f.CallId));
        Assert.Equal(["ended"], (await stage.AcceptedAsync<CallEnded>()).Select(f => f.CallId));
        Assert.Equal(OperationStatus.Running, stage.Now.Status);
        Assert.Empty(stage.Leftovers());
    }

    [Fact]
    public async Task A_token_fires_for_its_own_domain_only()
    {
        var stage = await new Stage().SetAsync();
        var root = await stage.CallAsync("cli", "root", null, new CallOptions { FailOnCrash = false });
        var inside = await stage.CallAsync("bridge", "inside", "root");
        var beside = await stage.CallAsync("editor", "beside");
        var failing = await stage.CallAsync("editor", "failing", "root");

        await failing.FailAsync("oh");
        await stage.Ledger.RunUntilAsync(() => inside.IsClosed && root.IsClosed);

        Assert.Equal("failing", inside.Cancellation!.CallId);
        Assert.True(root.CancellationToken.IsCancellationRequested);
        Assert.False(beside.CancellationToken.IsCancellationRequested);
        Assert.False(stage.By("bridge").CleanupToken.IsCancellationRequested);
        await Assert.ThrowsAsync<ProposalRejectedException>(() => inside.EndAsync().AsTask());
    }
}
