using Ledger.Model;

namespace Ledger.Tests.Runtime;

public sealed class OperationTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(LogKind.Append)]
    [InlineData(LogKind.Chain)]
    public async Task Two_participants_share_an_operation_and_it_completes(LogKind kind)
    {
        using var temp = new TempLedger();
        var ledger = await temp.OpenAsync(o => o with { Log = kind });
        await using var cli = await ledger.JoinAsync("cli");
        await using var bridge = await ledger.JoinAsync("bridge");
        await using var mine = await cli.CreateOperationAsync("op1");
        await using var theirs = await bridge.JoinOperationAsync("op1");
        var a = await mine.StartCallAsync("a");
        var b = await theirs.StartCallAsync("b", new CallOptions { CallerId = "a" });
        Assert.True(b.FencingToken > a.FencingToken);
        await b.EndAsync();
        await a.EndAsync();
        await mine.CompleteAsync();
        var end = await theirs.WaitForTerminalAsync().WaitAsync(Bound);
        Assert.True(end.IsCompleted);
        Assert.Equal(OperationStatus.Completed, (await theirs.WaitForCleanupAsync().WaitAsync(Bound)).Status);
    }

    [Fact]
    public async Task Whether_it_flushes_is_pinned_and_a_manifest_that_does_not_say_means_no()
    {
        using var temp = new TempLedger();
        Assert.True((await temp.OpenAsync(o => o with { FlushBeforeAcknowledging = true })).Manifest.FlushBeforeAcknowledging);
        Assert.True((await temp.OpenAsync()).Manifest.FlushBeforeAcknowledging);
        var manifest = Path.Combine(temp.Path, "ledger.json");
        var lines = (await File.ReadAllLinesAsync(manifest)).Where(l => !l.Contains("flushBeforeAcknowledging", StringComparison.Ordinal));
        await File.WriteAllLinesAsync(manifest, lines);
        Assert.False((await temp.OpenAsync(o => o with { FlushBeforeAcknowledging = true })).Manifest.FlushBeforeAcknowledging);
    }

    [Fact]
    public async Task A_chain_whose_creator_died_before_its_first_entry_does_not_keep_the_id()
    {
        using var temp = new TempLedger();
        var ledger = await temp.OpenAsync(o => o with { Log = LogKind.Chain });
        Directory.CreateDirectory(Path.Combine(temp.Path, "operations", "op1.log"));
        await using var cli = await ledger.JoinAsync("cli");
        await using var mine = await cli.CreateOperationAsync("op1");
        await Assert.ThrowsAsync<OperationExistsException>(async () => await cli.CreateOperationAsync("op1"));
        await mine.CompleteAsync();
    }

    [Fact]
    public async Task An_abort_cleans_everybody_up_and_the_operation_fails()
    {
        using var temp = new TempLedger();
        var ledger = await temp.OpenAsync();
        await using var cli = await ledger.JoinAsync("cli");
        await using var bridge = await ledger.JoinAsync("bridge");
        await using var mine = await cli.CreateOperationAsync("op1");
        await using var theirs = await bridge.JoinOperationAsync("op1");
        var a = await mine.StartCallAsync("a");
        var b = await theirs.StartCallAsync("b", new CallOptions { CallerId = "a" });
        var directory = await b.GetTemporaryDirectoryAsync();
        Assert.True(Directory.Exists(directory));
        var cleaned = new TaskCompletionSource<Cause>();
        b.OnCleanup(c =>
        {
            cleaned.SetResult(c.Cause);
            return ValueTask.CompletedTask;
        });
        Assert.True(await cli.AbortAsync("op1", "no longer wanted"));
        Assert.Equal(CauseType.Aborted, (await cleaned.Task.WaitAsync(Bound)).Type);
        var end = await mine.WaitForTerminalAsync().WaitAsync(Bound);
        Assert.Equal(OperationStatus.Failed, end.Status);
        Assert.Equal("no longer wanted", end.Cause!.Reason);
        Assert.True(b.CancellationToken.IsCancellationRequested);
        Assert.False(Directory.Exists(directory));
        Assert.True(a.IsClosed);
    }

    [Fact]
    public async Task Nobody_who_waits_misses_an_end()
    {
        using var temp = new TempLedger();
        var ledger = await temp.OpenAsync();
        await using var cli = await ledger.JoinAsync("cli");
        await using var bridge = await ledger.JoinAsync("bridge");
        var ends = new List<Task<OperationResult>>();
        for (var i = 0; i < 100; i++)
        {
            var mine = await cli.CreateOperationAsync($"op{i}");
            var theirs = await bridge.JoinOperationAsync($"op{i}");
            ends.AddRange([mine.WaitForTerminalAsync(), mine.WaitForCleanupAsync(), theirs.WaitForTerminalAsync(), theirs.WaitForCleanupAsync()]);
            if (i % 2 == 0) await mine.CompleteAsync();
            else await theirs.AbortAsync();
        }
        var results = await Task.WhenAll(ends).WaitAsync(Bound);
        Assert.Equal(200, results.Count(r => r.IsCompleted));
    }

    [Fact]
    public async Task A_callback_that_blocks_its_thread_does_not_get_round_its_bound()
    {
        using var temp = new TempLedger();
        var ledger = await temp.OpenAsync();
        await using var cli = await ledger.JoinAsync("cli");
        await using var mine = await cli.CreateOperationAsync("op1");
        var a = await mine.StartCallAsync("a", new CallOptions { CleanupBound = TimeSpan.FromMilliseconds(100) });
        using var release = new ManualResetEventSlim();
        a.OnCleanup(_ =>
        {
            release.Wait(Bound);
            return ValueTask.CompletedTask;
        });
        await mine.AbortAsync();
        Assert.Equal(OperationStatus.Failed, (await mine.WaitForTerminalAsync().WaitAsync(Bound / 2)).Status);
        release.Set();
    }
}
