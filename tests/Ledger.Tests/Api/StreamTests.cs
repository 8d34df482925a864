using Ledger.Model;
using Ledger.Tests.Scenarios;

namespace Ledger.Tests.Api;

public sealed class StreamTests
{
    [Fact]
    public async Task A_stream_replays_from_the_first_entry_and_goes_on_live()
    {
        var stage = await new Stage().SetAsync();
        await stage.CallAsync("cli", "a");
        var early = Collect(stage.By("editor").StateChanges());
        var late = Collect(stage.By("bridge").StateChanges(after: 2));
        var outside = Collect(stage.Ledger.Directory.StateChanges(Stage.Op));
        stage.Ledger.Advance(TimeSpan.FromSeconds(3));

        await stage.CallAsync("bridge", "b", "a");
        await stage.By("cli").AbortAsync();

        var all = await stage.Ledger.RunUntilAsync(early);
        Assert.Equal(Enumerable.Range(1, all.Count).Select(i => (long)i), all.Select(c => c.Position));
        Assert.Equal(OperationStatus.Failed, all[^1].State.Status);
        Assert.Equal([.. all.Skip(2)], await stage.Ledger.RunUntilAsync(late), Same);
        Assert.Equal(all, await stage.Ledger.RunUntilAsync(outside), Same);
    }

    [Fact]
    public async Task A_slow_reader_slows_nobody_and_loses_nothing()
    {
        var stage = await new Stage().SetAsync();
        var seen = new List<long>();
        var reading = ReadSlowlyAsync();
        var begin = stage.Elapsed;
        for (var i = 0; i < 50; i++) await (await stage.By("cli").StartCallAsync($"call-{i}")).EndAsync();
        Assert.Equal(begin, stage.Elapsed);
        await stage.By("cli").CompleteAsync();

        await stage.Ledger.RunUntilAsync(reading);

        Assert.Equal(Enumerable.Range(1, 104).Select(i => (long)i), seen);

        async Task ReadSlowlyAsync()
        {
            await foreach (var c in stage.By("editor").StateChanges())
            {
                seen.Add(c.Position);
                await Task.Delay(TimeSpan.FromSeconds(1), stage.Ledger.Time);
            }
        }
    }

    [Fact]
    public async Task A_stream_ends_with_its_token()
    {
        var stage = await new Stage().SetAsync();
        using var stop = new CancellationTokenSource();
        var reading = Collect(stage.By("cli").StateChanges(cancellationToken: stop.Token));
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stage.Ledger.RunUntilAsync(reading));
    }

    [Fact]
    public async Task A_stream_goes_on_when_its_participant_left()
    {
        var stage = await new Stage().SetAsync();
        var reading = Collect(stage.By("editor").StateChanges());
        await stage.By("editor").LeaveAsync();
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));
        await stage.By("cli").CompleteAsync();
        Assert.Equal(OperationStatus.Completed, (await stage.Ledger.RunUntilAsync(reading))[^1].State.Status);
    }

    [Fact]
    public async Task Each_subscription_of_the_observable_replays_on_its_own()
    {
        var stage = await new Stage().SetAsync();
        var (first, second) = (new Observer(), new Observer());
        var observable = stage.By("bridge").AsObservable();
        using var one = observable.Subscribe(first);
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, first.Seen);
        one.Dispose();
        using var two = observable.Subscribe(second);
        await stage.By("cli").CompleteAsync();
        stage.Ledger.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((3, false), (first.Seen, first.IsCompleted));
        Assert.Equal((4, true), (second.Seen, second.IsCompleted));
    }

    [Fact]
    public async Task Completion_ends_both_awaitables_and_is_no_crash()
    {
        var stage = await new Stage().SetAsync();
        var (cleanup, terminal) = (stage.By("bridge").WaitForCleanupAsync(), stage.By("editor").WaitForTerminalAsync());
        await stage.By("cli").CompleteAsync();
        Assert.True((await stage.Ledger.RunUntilAsync(cleanup)).IsCompleted);
        Assert.Equal(new OperationResult(OperationStatus.Completed, null), await stage.Ledger.RunUntilAsync(terminal));
        Assert.False(stage.By("bridge").CleanupToken.IsCancellationRequested);
    }

    [Fact]
    public async Task An_awaitable_that_is_asked_late_answers_at_once_and_one_that_is_given_up_ends()
    {
        var stage = await new Stage().SetAsync();
        using var stop = new CancellationTokenSource();
        var givenUp = stage.By("bridge").WaitForTerminalAsync(stop.Token);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        await stage.By("cli").AbortAsync();
        await stage.UntilTerminalAsync();
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(CauseType.Aborted, (await stage.By("bridge").WaitForCleanupAsync()).Cause!.Type);
        Assert.Equal(OperationStatus.Failed, (await stage.By("bridge").WaitForTerminalAsync()).Status);
    }

    [Fact]
    public async Task Who_still_waits_when_its_participant_left_is_told()
    {
        var stage = await new Stage().SetAsync();
        var waiting = stage.By("editor").WaitForTerminalAsync();
        await stage.By("editor").LeaveAsync();
        await Assert.ThrowsAsync<LedgerException>(() => stage.Ledger.RunUntilAsync(waiting));
    }

    [Fact]
    public async Task Waiting_for_an_empty_stack_ends_with_the_last_call()
    {
        var stage = await new Stage().SetAsync();
        var a = await stage.CallAsync("bridge", "a");
        var waiting = stage.By("cli").WaitForEmptyStackAsync();
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));
        Assert.False(waiting.IsCompleted);
        await a.EndAsync();
        Assert.Empty((await stage.Ledger.RunUntilAsync(waiting)).Stack);
    }

    private static bool Same(StateChange x, StateChange y) => x.Position == y.Position && x.Type == y.Type
        && x.Entry.Sequence == y.Entry.Sequence && x.State.StatusText == y.State.StatusText;

    private static async Task<List<StateChange>> Collect(IAsyncEnumerable<StateChange> changes)
    {
        var all = new List<StateChange>();
        await foreach (var c in changes) all.Add(c);
        return all;
    }

    private sealed class Observer : IObserver<StateChange>
    {
        public int Seen { get; private set; }

        public bool IsCompleted { get; private set; }

        public void OnCompleted() => IsCompleted = true;

        public void OnError(Exception error) => throw error;

        public void OnNext(StateChange value) => Seen++;
    }
}
