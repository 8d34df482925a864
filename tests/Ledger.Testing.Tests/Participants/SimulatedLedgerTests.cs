using Ledger.Model;

namespace Ledger.Testing.Tests.Participants;

public sealed class SimulatedLedgerTests
{
    [Fact]
    public async Task The_same_run_is_the_same_each_time_and_another_seed_makes_another()
    {
        var first = await PlayAsync(seed: 1);
        Assert.Equal(first, await PlayAsync(seed: 1));
        Assert.NotEqual(first, await PlayAsync(seed: 2));
    }

    [Fact]
    public async Task What_follows_an_await_follows_at_once_on_the_thread_that_moves_time()
    {
        for (var i = 0; i < 20; i++)
        {
            // As within a test framework: a scheduler and a context of its own.
            var pair = new ConcurrentExclusiveSchedulerPair();
            var test = await Task.Factory.StartNew(() =>
            {
                SynchronizationContext.SetSynchronizationContext(new Elsewhere());
                return PlayAsync();
            }, CancellationToken.None, TaskCreationOptions.None, pair.ExclusiveScheduler);
            await test;
        }

        static async Task PlayAsync()
        {
            var ledger = new SimulatedLedger();
            await ledger.StartAsync("cli");
            var thread = Environment.CurrentManagedThreadId;
            var rounds = 0;
            using var stop = new CancellationTokenSource();
            var walking = WalkAsync();
            ledger.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(10, rounds);
            stop.Cancel();
            Assert.True(walking.IsCompleted);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);

            async Task WalkAsync()
            {
                while (!stop.IsCancellationRequested)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), ledger.Time).WaitAsync(stop.Token);
                    rounds++;
                }
            }
        }
    }

    [Fact]
    public async Task Nothing_happens_while_time_stands_still()
    {
        var ledger = new SimulatedLedger();
        var (mine, bridge) = await PairAsync(ledger, "h1");
        bridge.Crash();
        Assert.False(mine.CleanupToken.IsCancellationRequested);
        Assert.Equal(OperationStatus.Running, ledger.Read("op").Status);
        ledger.Advance(TimeSpan.Zero);
        Assert.True(mine.CleanupToken.IsCancellationRequested);
    }

    [Fact]
    public async Task A_crashed_process_changes_nothing_any_more()
    {
        var ledger = new SimulatedLedger();
        var (_, bridge) = await PairAsync(ledger, "h2");
        var dead = bridge.Participant;
        bridge.Crash();
        Assert.True(bridge.IsCrashed);
        var before = ledger.Files.File.ReadAllText(RecordOf(ledger, dead));
        ledger.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(before, ledger.Files.File.ReadAllText(RecordOf(ledger, dead)));
        await Assert.ThrowsAsync<SimulatedCrashException>(() => dead.AbortAsync("op").AsTask());
        await Assert.ThrowsAsync<SimulatedCrashException>(() => dead.DisposeAsync().AsTask());
        Assert.Throws<InvalidOperationException>(bridge.Resume);
        Assert.Throws<InvalidOperationException>(bridge.Step);

        var living = await bridge.RestartAsync();
        Assert.Same(living, bridge.Participant);
        Assert.NotEqual(dead.Incarnation, living.Incarnation);
        await Assert.ThrowsAsync<InvalidOperationException>(bridge.RestartAsync);
        await Assert.ThrowsAsync<SimulatedCrashException>(() => dead.AbortAsync("op").AsTask());
    }

    [Fact]
    public async Task A_fault_that_kills_in_the_middle_of_a_call_is_a_crash()
    {
        var ledger = new SimulatedLedger();
        var (mine, bridge) = await PairAsync(ledger, "h1");
        bridge.Files.Fault = call => call.Kind == FileCallKind.Write ? FileFault.TornWrite(10) : null;
        await ledger.RunUntilAsync(() => bridge.IsCrashed);
        await ledger.RunUntilAsync(() => mine.CleanupToken.IsCancellationRequested);
        Assert.Equal("bridge", ledger.Read("op").Cause!.ParticipantId);
    }

    [Fact]
    public async Task Every_instruction_can_be_the_last_and_the_others_come_to_an_end()
    {
        for (var number = 1; ; number++)
        {
            var ledger = new SimulatedLedger();
            var cli = await ledger.StartAsync("cli");
            var bridge = await ledger.StartAsync("bridge");
            var mine = await cli.Participant.CreateOperationAsync("op");
            await mine.StartCallAsync("open");
            var last = bridge.Files.Fault;
            var first = 0L;
            bridge.Files.Fault = call =>
            {
                if (first == 0) first = call.Number;
                return call.Number - first == number ? FileFault.CrashAfter : last?.Invoke(call);
            };
            var end = await Record.ExceptionAsync(() => WorkAsync(bridge));
            if (!bridge.IsCrashed) break; // fewer instructions than that: every one was tried
            Assert.IsType<SimulatedCrashException>(end);
            if (ledger.Read("op").Stack.Count > 1) await ledger.RunUntilAsync(() => mine.CleanupToken.IsCancellationRequested);
            else await mine.AbortAsync();
            await ledger.RunUntilAsync(mine.WaitForTerminalAsync());
            Assert.Empty(ledger.Read("op").LeftBehind);
            await ledger.RunUntilAsync(() => ledger.Directory.List().Single().IsArchived);
            Assert.False(ledger.Files.Directory.Exists("/ledger/temp/op"));
        }

        static async Task WorkAsync(SimulatedParticipant bridge)
        {
            var theirs = await bridge.Participant.JoinOperationAsync("op");
            var call = await theirs.StartCallAsync("render", new CallOptions { CallerId = "open" });
            var directory = await call.GetTemporaryDirectoryAsync();
            bridge.Files.File.WriteAllText(directory + "/page", "x");
            await call.EndAsync();
        }
    }

    [Fact]
    public async Task A_frozen_process_does_nothing_until_it_is_resumed()
    {
        var ledger = new SimulatedLedger();
        var bridge = await ledger.StartAsync("bridge");
        bridge.Freeze();
        Assert.Throws<InvalidOperationException>(bridge.Freeze);
        var before = ledger.Files.File.ReadAllText(RecordOf(ledger, bridge.Participant));
        ledger.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(before, ledger.Files.File.ReadAllText(RecordOf(ledger, bridge.Participant)));
        bridge.Resume();
        Assert.NotEqual(before, ledger.Files.File.ReadAllText(RecordOf(ledger, bridge.Participant)));
        bridge.Freeze();
        bridge.Crash();
        Assert.Throws<InvalidOperationException>(bridge.Resume);
    }

    [Fact]
    public async Task One_step_is_one_look_of_one_participant()
    {
        var ledger = new SimulatedLedger();
        var (mine, bridge) = await PairAsync(ledger, "h1");
        var editor = await ledger.StartAsync("editor");
        ledger.Advance(TimeSpan.FromSeconds(1));
        await editor.Participant.AbortAsync("op");
        Assert.False(mine.CleanupToken.IsCancellationRequested);
        bridge.Step();
        Assert.Equal(["a"], ledger.Read("op").Stack.Values.Select(f => f.CallId));
        Assert.False(mine.CleanupToken.IsCancellationRequested);
        ledger.Participants[0].Step();
        Assert.True(mine.CleanupToken.IsCancellationRequested);
    }

    [Fact]
    public async Task A_condition_that_never_holds_is_given_up_with_everything_that_is_known()
    {
        var ledger = new SimulatedLedger();
        var (_, bridge) = await PairAsync(ledger, "h2");
        bridge.Crash();
        var e = await Assert.ThrowsAsync<TimeoutException>(() => ledger.RunUntilAsync(() => false, TimeSpan.FromSeconds(2)));
        Assert.Contains("b of bridge, called by a: active", e.Message, StringComparison.Ordinal);
        Assert.Contains("on h2: crashed", e.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(2), ledger.Time.GetElapsedTime(0));
    }

    [Fact]
    public async Task A_failure_nobody_reckoned_with_comes_out_of_the_advance()
    {
        var ledger = new SimulatedLedger();
        var lonely = await ledger.StartAsync("lonely");
        lonely.Files.Fault = _ => throw new FormatException("a bug");
        var e = Assert.Throws<InvalidOperationException>(() => ledger.Advance(TimeSpan.FromSeconds(1)));
        Assert.IsType<FormatException>(e.InnerException);
    }

    [Fact]
    public async Task Hosts_have_wall_clocks_of_their_own()
    {
        var ledger = new SimulatedLedger(new LedgerOptions { Path = "/deep/down/ledger" });
        var one = await ledger.StartAsync("one", "h1");
        ledger.ShiftClock("h1", TimeSpan.FromHours(1));
        var two = await ledger.StartAsync("two", "h1");
        var three = await ledger.StartAsync("three", "h2");
        Assert.Equal(TimeSpan.FromHours(1), one.Time.GetUtcNow() - three.Time.GetUtcNow());
        Assert.Equal(one.Time.GetUtcNow(), two.Time.GetUtcNow());
        Assert.Equal(3, ledger.Files.Directory.GetFiles("/deep/down/ledger/participants").Length);
    }

    private static string RecordOf(SimulatedLedger ledger, LedgerParticipant participant) =>
        ledger.Files.Directory.GetFiles("/ledger/participants", $"{participant.Id}~{participant.Incarnation}*").Single();

    private static async Task<(Operation Mine, SimulatedParticipant Bridge)> PairAsync(SimulatedLedger ledger, string host)
    {
        var cli = await ledger.StartAsync("cli");
        var bridge = await ledger.StartAsync("bridge", host);
        var mine = await cli.Participant.CreateOperationAsync("op");
        await mine.StartCallAsync("a");
        var theirs = await bridge.Participant.JoinOperationAsync("op");
        await theirs.StartCallAsync("b", new CallOptions { CallerId = "a" });
        return (mine, bridge);
    }

    /// <summary>A story with everything in it, as text.</summary>
    private static async Task<string> PlayAsync(int seed)
    {
        var ledger = new SimulatedLedger(seed: seed);
        var all = new List<SimulatedParticipant>();
        for (var i = 0; i < 6; i++) all.Add(await ledger.StartAsync($"p{i}", $"h{i % 3}"));
        for (var k = 0; k < 3; k++)
        {
            var mine = await all[k].Participant.CreateOperationAsync($"op{k}");
            string? caller = null;
            foreach (var p in all)
            {
                var operation = p == all[k] ? mine : await p.Participant.JoinOperationAsync($"op{k}");
                await operation.StartCallAsync(p.Id, new CallOptions { CallerId = caller, FailOnCrash = k != 1 });
                caller = p.Id;
            }
        }
        ledger.Advance(TimeSpan.FromSeconds(3));
        all[3].Crash();
        all[4].Freeze();
        ledger.Advance(TimeSpan.FromSeconds(20));
        all[4].Resume();
        ledger.Advance(TimeSpan.FromSeconds(20));
        var story = new List<string>();
        foreach (var o in ledger.Directory.List().OrderBy(o => o.OperationId, StringComparer.Ordinal))
        {
            await foreach (var c in ledger.Directory.StateChanges(o.OperationId, follow: false))
                story.Add($"{c.Position} {c.Entry.Timestamp} {c.Entry.Incarnation} {c.Type} {c.Outcome.Rejection}");
        }
        story.AddRange(ledger.Log.Where(l => l.Error is null).Select(l => $"{l.Elapsed} {l.ParticipantId} {l.Event.Id}"));
        return string.Join('\n', story);
    }

    /// <summary>Everything that is posted happens on another thread.</summary>
    private sealed class Elsewhere : SynchronizationContext;
}
