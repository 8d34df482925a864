using Ledger.Log;
using Ledger.Model;

namespace Ledger.CrashTests.CrashPoints;

/// <summary>Participants that come to a ledger in which another process died, knowing nothing but what that one had
/// acknowledged: they find all of that, go on, and clean up behind it.</summary>
internal static class Successor
{
    private const string Operation = "op";

    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = 0 };

    public static async Task GoOnAsync(string path, LogKind log, bool flush, IReadOnlyList<string> acknowledged)
    {
        var ledger = await OpenAsync(path, log, flush);
        RequireClean(ledger);
        await using (var other = await ledger.JoinAsync("other"))
        {
            await EndAsync(ledger, other, acknowledged);
            await TakeStepsAsync(other, "another");
            if (acknowledged.Contains("next")) Assert.Equal("next", ledger.Read("next").OperationId);
        }
        await CollectAsync(ledger);
        // Ending an operation and emptying a directory make what lies beside them young once more.
        await CollectAsync(ledger);
        RequireClean(ledger);
        RequireSwept(ledger.Context.Layout);
    }

    public static Task<LedgerDirectory> OpenAsync(string path, LogKind log, bool flush) => LedgerDirectory.OpenAsync(new LedgerOptions
    {
        Path = path,
        Log = log,
        FlushBeforeAcknowledging = flush,
        HeartbeatInterval = TimeSpan.FromMilliseconds(20),
        StalenessThreshold = TimeSpan.FromMilliseconds(200),
    });

    /// <summary>What the dead one had begun comes to its end; its step can be taken again.</summary>
    private static async Task EndAsync(LedgerDirectory ledger, LedgerParticipant other, IReadOnlyList<string> acknowledged)
    {
        var found = ledger.List().Where(o => o.OperationId == Operation).ToList();
        // Once it is archived the next step deletes it.
        if (found.Count == 0)
        {
            Assert.True(!acknowledged.Contains("create") || acknowledged.Contains("archive"), "an acknowledged operation is lost");
            await TakeStepsAsync(other, Operation);
            return;
        }
        Assert.DoesNotContain("prune", acknowledged);
        var state = ledger.Read(Operation);
        await Assert.ThrowsAsync<OperationExistsException>(async () => await other.CreateOperationAsync(Operation));
        if (acknowledged.Contains("start")) Assert.True(state.Position >= 2, "an acknowledged call is lost");
        if (acknowledged.Contains("end")) Assert.True(state.Position >= 3 && state.Stack.IsEmpty, "an acknowledged end is lost");
        if (acknowledged.Contains("complete")) Assert.Equal(OperationStatus.Completed, state.Status);
        if (!state.IsTerminal && await JoinToEndAsync(other) is { } end) Assert.Equal(OperationStatus.Failed, end.Status);
    }

    /// <summary>How it ended; null when it ended before it could be joined.</summary>
    private static async Task<OperationResult?> JoinToEndAsync(LedgerParticipant other)
    {
        try
        {
            await using var joined = await other.JoinOperationAsync(Operation);
            var end = await joined.WaitForTerminalAsync().WaitAsync(WorkerProcess.Bound);
            // Abandoned is what housekeeping makes of it that finds nobody in it: it may be faster than the joining.
            Assert.Contains(end.Cause!.Type, new[] { CauseType.InitiatorLost, CauseType.Abandoned });
            return end;
        }
        catch (ProposalRejectedException e) when (e.Message.Contains("failed: ", StringComparison.Ordinal))
        {
            return null; // faster by so much
        }
    }

    /// <summary>Sweeps, as if it were later.</summary>
    public static async Task CollectAsync(LedgerDirectory ledger)
    {
        MakeOld(ledger.Path);
        await using var sweeper = await ledger.JoinAsync("sweeper");
        var report = await sweeper.CollectAsync().WaitAsync(WorkerProcess.Bound);
        Assert.Empty(report.Problems);
        Assert.Empty(report.Unfinished);
        Assert.Empty(report.Alive);
    }

    private static async Task TakeStepsAsync(LedgerParticipant participant, string operationId)
    {
        await using var operation = await participant.CreateOperationAsync(operationId);
        var call = await operation.StartCallAsync("call");
        await call.GetTemporaryDirectoryAsync();
        await call.EndAsync();
        await operation.CompleteAsync();
    }

    private static void RequireClean(LedgerDirectory ledger)
    {
        foreach (var report in Verification.VerifyAll(ledger))
            Assert.True(report.Ok, $"{report.OperationId}: {string.Join(", ", report.Bad)}");
    }

    /// <summary>Leftovers are swept once nobody can be about to use them.</summary>
    private static void MakeOld(string path)
    {
        var old = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-10);
        // What is deepest comes first: a directory's time is its own.
        foreach (var entry in Directory.EnumerateFileSystemEntries(path, "*", Everything).OrderByDescending(e => e.Length).ToList())
        {
            if (Directory.Exists(entry)) Directory.SetLastWriteTimeUtc(entry, old);
            else File.SetLastWriteTimeUtc(entry, old);
        }
    }

    /// <summary>No record, no temporary name and nothing of an operation is left.</summary>
    public static void RequireSwept(LedgerLayout layout)
    {
        string[] places = [layout.Operations, layout.Participants, layout.Temp];
        Assert.Empty(places.SelectMany(Directory.EnumerateFileSystemEntries));
        Assert.Empty(Directory.EnumerateFiles(layout.Root, ".*"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(layout.Backup, "*.tmp", Everything));
    }
}
