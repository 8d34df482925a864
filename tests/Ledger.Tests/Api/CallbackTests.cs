using Ledger.Model;
using Ledger.Testing;
using Ledger.Tests.Scenarios;

namespace Ledger.Tests.Api;

public sealed class CallbackTests
{
    [Fact]
    public async Task A_callback_that_throws_is_recorded_and_the_call_leaves_all_the_same()
    {
        var stage = await new Stage().SetAsync();
        var order = new List<int>();
        var a = await stage.CallAsync("cli", "a");
        a.OnCleanup(_ =>
        {
            order.Add(1);
            return ValueTask.CompletedTask;
        });
        a.OnCleanup(_ =>
        {
            order.Add(2);
            throw new FormatException("oh");
        });
        await stage.By("bridge").AbortAsync();
        await stage.EndAsync();
        Assert.Equal([2, 1], order);
        Assert.Equal("a cleanup callback threw FormatException: oh", Assert.Single(await stage.AcceptedAsync<FrameRemoved>()).Error);
    }

    [Fact]
    public async Task A_callback_that_overruns_its_bound_is_recorded_and_the_call_leaves_at_its_bound()
    {
        var stage = await new Stage().SetAsync();
        var a = await stage.CallAsync("cli", "a", null, new CallOptions { CleanupBound = TimeSpan.FromSeconds(3) });
        var deadline = false;
        a.OnCleanup(c =>
        {
            c.Deadline.Register(() => deadline = true);
            return new ValueTask(new TaskCompletionSource().Task);
        });
        await stage.By("bridge").AbortAsync();
        stage.Ledger.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal(OperationStatus.Cleanup, stage.Now.Status);
        stage.Ledger.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(OperationStatus.Failed, stage.Now.Status);
        Assert.True(deadline);
        Assert.Equal("a cleanup callback overran its bound", Assert.Single(await stage.AcceptedAsync<FrameRemoved>()).Error);
        await stage.EndAsync();
    }

    [Fact]
    public async Task A_callback_cannot_start_calls_in_its_own_operation_but_in_others()
    {
        var stage = await new Stage().SetAsync();
        var other = await stage["cli"].Participant.CreateOperationAsync("other");
        var a = await stage.CallAsync("cli", "a");
        Exception? refused = null;
        a.OnCleanup(async _ =>
        {
            await other.StartCallAsync("allowed");
            refused = await Record.ExceptionAsync(() => stage.By("cli").StartCallAsync("refused").AsTask());
        });
        await stage.By("bridge").AbortAsync();
        await stage.EndAsync();
        Assert.IsType<InvalidOperationException>(refused);
        Assert.Equal(["allowed"], stage.Ledger.Read("other").Stack.Values.Select(f => f.CallId));
    }

    [Fact]
    public async Task Callbacks_run_once_although_the_log_cannot_be_written_for_a_while()
    {
        var stage = await new Stage().SetAsync();
        var runs = 0;
        var c = await stage.CallAsync("editor", "c");
        c.OnCleanup(_ =>
        {
            runs++;
            return ValueTask.CompletedTask;
        });
        stage["editor"].Files.Fault = call => call.Kind == FileCallKind.Write && call.Path.Contains("/op.log/", StringComparison.Ordinal)
            ? FileFault.NoSpace : null;
        await stage.By("cli").AbortAsync();
        stage.Ledger.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(OperationStatus.Cleanup, stage.Now.Status);
        stage["editor"].Files.Fault = null;
        await stage.EndAsync();
        Assert.Equal(1, runs);
        Assert.Null(Assert.Single(await stage.AcceptedAsync<FrameRemoved>()).Error);
    }

    [Fact]
    public async Task What_a_call_does_at_once_comes_before_its_token_and_its_callbacks_and_once()
    {
        var stage = await new Stage().SetAsync();
        var order = new List<string>();
        var a = await stage.CallAsync("cli", "a");
        a.OnStopping(() => order.Add("at once"));
        using var token = a.CancellationToken.Register(() => order.Add("token"));
        a.OnCleanup(_ =>
        {
            order.Add("callback");
            return ValueTask.CompletedTask;
        });
        await stage.By("bridge").AbortAsync();
        await stage.EndAsync();
        Assert.Equal("at once", order[0]);
        Assert.Equal(["at once", "callback", "token"], order.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_call_that_must_stop_already_does_at_once_what_it_is_given_late()
    {
        var stage = await new Stage().SetAsync();
        var a = await stage.CallAsync("cli", "a");
        await stage.By("bridge").AbortAsync();
        await stage.UntilTerminalAsync();
        var runs = 0;
        a.OnStopping(() => runs++);
        Assert.Equal(1, runs);
        await stage.EndAsync();
    }

    [Fact]
    public async Task A_slow_supervisor_callback_delays_neither_heartbeats_nor_other_operations()
    {
        var stage = await new Stage().SetAsync(true, "guard");
        var supervisor = new RecordingSupervisor
        {
            Then = async (crash, ct) => await (crash.Call.OperationId == Stage.Op
                ? Task.Delay(TimeSpan.FromSeconds(20), stage.Ledger.Time, ct) : Task.CompletedTask),
        };
        await stage["guard"].Participant.RegisterSupervisorAsync("sup", supervisor);
        CallOptions supervised = new() { SupervisorId = "sup", FailOnCrash = false };
        await stage.CallAsync("editor", "slow", null, supervised);
        var other = await stage["cli"].Participant.CreateOperationAsync("other");
        var theirs = await stage["editor"].Participant.JoinOperationAsync("other");
        await theirs.StartCallAsync("quick", supervised);
        stage.Ledger.Advance(TimeSpan.FromSeconds(2));

        stage["editor"].Crash();
        await stage.Ledger.RunUntilAsync(() => stage.Ledger.Read("other").Unconfirmed.IsEmpty && supervisor.Crashes.Count == 2, TimeSpan.FromSeconds(1));
        Assert.Single(stage.Now.Unconfirmed);
        await stage.UntilAsync(s => s.Stack.IsEmpty, TimeSpan.FromSeconds(21));
        Assert.Null(Assert.Single(await stage.AcceptedAsync<CrashNotified>()).Error);
        Assert.NotNull(other);
    }
}
