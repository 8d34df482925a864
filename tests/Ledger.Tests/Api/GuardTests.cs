using Ledger.Model;
using Ledger.Testing;
using Ledger.Tests.Scenarios;

namespace Ledger.Tests.Api;

public sealed class GuardTests
{
    [Fact]
    public async Task Work_that_ends_returns_its_result()
    {
        var stage = await new Stage().SetAsync();
        var guarded = stage.By("cli").GuardAsync(async ct =>
        {
            await Task.Delay(TimeSpan.FromSeconds(3), stage.Ledger.Time, ct);
            return 42;
        }, timeout: TimeSpan.FromSeconds(10));
        Assert.Equal(42, await stage.Ledger.RunUntilAsync(guarded));
    }

    [Fact]
    public async Task Work_that_throws_throws_on()
    {
        var stage = await new Stage().SetAsync();
        await Assert.ThrowsAsync<FormatException>(() => stage.By("cli").GuardAsync<int>(_ => throw new FormatException()));
        await Assert.ThrowsAsync<FormatException>(() => stage.Ledger.RunUntilAsync(stage.By("cli").GuardAsync<int>(async ct =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), stage.Ledger.Time, ct);
            throw new FormatException();
        })));
    }

    [Fact]
    public async Task A_result_that_was_produced_in_the_same_moment_wins()
    {
        var stage = await new Stage().SetAsync();
        await stage.By("bridge").AbortAsync();
        await stage.UntilTerminalAsync();
        // Both are there when it looks.
        Assert.Equal(42, await stage.By("cli").GuardAsync(_ => Task.FromResult(42)));
        await Assert.ThrowsAsync<CalleeCrashedException>(() => stage.By("cli").GuardAsync(Stage.Forever));
    }

    [Fact]
    public async Task A_crash_before_the_guard_began_is_not_missed()
    {
        var stage = await new Stage().SetAsync();
        var a = await stage.CallAsync("cli", "a");
        await stage.CallAsync("bridge", "b", "a", new CallOptions { FailOnCrash = false });
        stage["bridge"].Crash();
        await stage.UntilAsync(s => s.Stack.Count == 1);

        var crash = await Assert.ThrowsAsync<CalleeCrashedException>(
            () => stage.Ledger.RunUntilAsync(stage.By("cli").GuardAsync(Stage.Forever, a)));
        Assert.Equal(("b", CauseType.ParticipantCrashed), (crash.Cause.CallId, crash.Cause.Type));
    }

    [Fact]
    public async Task A_failure_that_was_told_is_not_told_again()
    {
        var stage = await new Stage().SetAsync();
        var a = await stage.CallAsync("cli", "a");
        var b = await stage.CallAsync("bridge", "b", "a", new CallOptions { FailOnCrash = false });
        await b.FailAsync("first");
        await Assert.ThrowsAsync<CalleeCrashedException>(
            () => stage.Ledger.RunUntilAsync(stage.By("cli").GuardAsync(Stage.Forever, a)));

        var again = stage.By("cli").GuardAsync(Stage.Forever, a, TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<TimeoutException>(() => stage.Ledger.RunUntilAsync(again));

        var third = stage.By("cli").GuardAsync(Stage.Forever, a);
        await (await stage.CallAsync("bridge", "b2", "a", new CallOptions { FailOnCrash = false })).FailAsync("second");
        Assert.Equal("second", (await Assert.ThrowsAsync<CalleeCrashedException>(
            () => stage.Ledger.RunUntilAsync(third))).Cause.Reason);
    }

    [Fact]
    public async Task Of_guards_side_by_side_only_that_of_the_lost_callee_ends()
    {
        var stage = await new Stage().SetAsync();
        var a = await stage.CallAsync("cli", "a");
        var first = await stage.CallAsync("bridge", "first", "a", new CallOptions { FailOnCrash = false });
        var second = await stage.CallAsync("bridge", "second", "a", new CallOptions { FailOnCrash = false });
        var ofFirst = stage.By("cli").GuardAsync(Stage.Forever, a, "first");
        var ofSecond = stage.By("cli").GuardAsync(Stage.Forever, a, "second");
        var ofAny = stage.By("cli").GuardAsync(Stage.Forever, a);

        await second.FailAsync("oh");
        foreach (var told in new[] { ofSecond, ofAny })
            Assert.Equal("second", (await Assert.ThrowsAsync<CalleeCrashedException>(() => stage.Ledger.RunUntilAsync(told))).Cause.CallId);
        Assert.False(ofFirst.IsCompleted);

        // It was the first that nobody told of yet, whoever asked for the second; and who asks for the second is told again.
        await first.FailAsync("oh, too");
        Assert.Equal("first", (await Assert.ThrowsAsync<CalleeCrashedException>(() => stage.Ledger.RunUntilAsync(ofFirst))).Cause.CallId);
        var again = stage.By("cli").GuardAsync(Stage.Forever, a, "second");
        Assert.Equal("second", (await Assert.ThrowsAsync<CalleeCrashedException>(() => stage.Ledger.RunUntilAsync(again))).Cause.CallId);
        var next = stage.By("cli").GuardAsync(Stage.Forever, a);
        Assert.Equal("first", (await Assert.ThrowsAsync<CalleeCrashedException>(() => stage.Ledger.RunUntilAsync(next))).Cause.CallId);
    }

    [Fact]
    public async Task A_guard_of_one_callee_ends_with_its_caller_and_with_the_operation()
    {
        var stage = await new Stage().SetAsync();
        var a = await stage.CallAsync("cli", "a", null, new CallOptions { FailOnCrash = false });
        var b = await stage.CallAsync("bridge", "b", "a");
        var contained = stage.By("cli").GuardAsync(Stage.Forever, a, "other");
        await b.FailAsync("oh");
        Assert.Equal("b", (await Assert.ThrowsAsync<CalleeCrashedException>(() => stage.Ledger.RunUntilAsync(contained))).Cause.CallId);

        var c = await stage.CallAsync("cli", "c");
        var whole = stage.By("cli").GuardAsync(Stage.Forever, c, "other");
        await stage.By("bridge").AbortAsync();
        Assert.Equal(CauseType.Aborted, (await Assert.ThrowsAsync<CalleeCrashedException>(() => stage.Ledger.RunUntilAsync(whole))).Cause.Type);
    }

    [Fact]
    public async Task Without_a_caller_a_contained_crash_does_not_end_it()
    {
        var stage = await new Stage().SetAsync();
        await stage.CallAsync("bridge", "b", null, new CallOptions { FailOnCrash = false });
        var guarded = stage.By("cli").GuardAsync(Stage.Forever, timeout: TimeSpan.FromMinutes(1));
        stage["bridge"].Crash();
        await Assert.ThrowsAsync<TimeoutException>(() => stage.Ledger.RunUntilAsync(guarded));
    }

    [Fact]
    public async Task Completion_is_no_crash()
    {
        var stage = await new Stage().SetAsync();
        var guarded = stage.By("bridge").GuardAsync(Stage.Forever, timeout: TimeSpan.FromMinutes(1));
        await stage.By("cli").CompleteAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => stage.Ledger.RunUntilAsync(guarded));
    }

    [Fact]
    public async Task Giving_up_cancels_the_work()
    {
        var stage = await new Stage().SetAsync();
        using var stop = new CancellationTokenSource();
        var given = new CancellationToken();
        var guarded = stage.By("cli").GuardAsync(ct =>
        {
            given = ct;
            return new TaskCompletionSource<int>().Task;
        }, cancellationToken: stop.Token);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stage.Ledger.RunUntilAsync(guarded));
        Assert.True(given.IsCancellationRequested);
    }

    [Fact]
    public async Task A_log_that_cannot_be_read_is_not_silence()
    {
        var stage = await new Stage().SetAsync();
        var guarded = stage.By("bridge").GuardAsync(Stage.Forever);
        // The participant's own look goes well, and wakes the guard, whose look does not.
        var opened = 0;
        stage["bridge"].Files.Fault = call => call.Kind == FileCallKind.Open
            && call.Path.Contains("op.log/0000000004", StringComparison.Ordinal) && ++opened > 1
            ? FileFault.InputOutputError : null;
        await stage.By("cli").StartCallAsync("a");
        await Assert.ThrowsAsync<LedgerStorageException>(() => stage.Ledger.RunUntilAsync(guarded));
    }

    [Fact]
    public async Task A_fenced_participant_does_not_wait_on()
    {
        var stage = await new Stage().SetAsync(oneHost: false);
        var guarded = stage.By("bridge").GuardAsync(Stage.Forever);
        stage["bridge"].Freeze();
        await stage.UntilAsync(s => s.Members[stage["bridge"].Participant.Incarnation].Status == MemberStatus.Crashed);
        stage["bridge"].Resume();
        await Assert.ThrowsAsync<FencedException>(() => stage.Ledger.RunUntilAsync(guarded));
    }

    [Fact]
    public async Task RunCall_ends_with_the_result_and_fails_with_the_exception()
    {
        var stage = await new Stage().SetAsync();
        Assert.Equal("x", await stage.By("cli").RunCallAsync("good", (call, _) => Task.FromResult(call.CallId == "good" ? "x" : "")));
        Assert.Empty(stage.Now.Stack);
        await Assert.ThrowsAsync<FormatException>(() => stage.By("cli").RunCallAsync<int>("bad", (_, _) => throw new FormatException("oh")));
        Assert.Equal(new Cause(CauseType.CallFailed, "bad", "cli", "FormatException: oh"), (await stage.EndAsync()).Cause);
    }

    [Fact]
    public async Task RunCall_stops_its_work_when_the_call_has_to_go()
    {
        var stage = await new Stage().SetAsync();
        var running = stage.By("cli").RunCallAsync("work", (_, ct) => Stage.Forever(ct));
        await stage.By("bridge").AbortAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stage.Ledger.RunUntilAsync(running));
        await stage.EndAsync();
    }
}
