using Ledger.Log;
using Ledger.Model;

namespace Ledger.CrashTests.CrashPoints;

/// <summary>A participant that comes to a ledger in which another process died, knowing nothing but what that one had
/// acknowledged: it finds all of that, goes on, and can clean up behind it.</summary>
internal static class Successor
{
    private const string Operation = "op";

    public static async Task GoOnAsync(string path, LogKind log, bool flush, IReadOnlyList<string> acknowledged)
    {
        var ledger = await LedgerDirectory.OpenAsync(new LedgerOptions
        {
            Path = path,
            Log = log,
            FlushBeforeAcknowledging = flush,
            HeartbeatInterval = TimeSpan.FromMilliseconds(20),
            StalenessThreshold = TimeSpan.FromMilliseconds(200),
        });
        RequireClean(ledger);
        await using (var other = await ledger.JoinAsync("other"))
        {
            await EndAsync(ledger, other, acknowledged);
            await TakeStepsAsync(other, "another");
            if (acknowledged.Contains("next")) Assert.Equal(OperationStatus.Running, ledger.Read("next").Status);
            MakeOld(path);
            var report = await other.CollectAsync().WaitAsync(WorkerProcess.Bound);
            Assert.Empty(report.Problems);
            Assert.Empty(report.Unfinished);
            Assert.Empty(report.Alive);
        }
        RequireClean(ledger);
        Assert.Empty(ledger.Context.Logs.ListLive());
        RequireSwept(ledger.Context.Layout);
    }

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
        if (state.IsTerminal) return;
        await using var joined = await other.JoinOperationAsync(Operation);
        var end = await joined.WaitForTerminalAsync().WaitAsync(WorkerProcess.Bound);
        Assert.Equal((OperationStatus.Failed, CauseType.InitiatorLost), (end.Status, end.Cause!.Type));
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
        var old = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2);
        foreach (var entry in Directory.EnumerateFileSystemEntries(path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            // The other participant lives, and what it is about to replace may be gone by now.
            if (entry.EndsWith(".tmp", StringComparison.Ordinal) || Path.GetFileName(entry).StartsWith("clock~", StringComparison.Ordinal)
                || entry.EndsWith(".log", StringComparison.Ordinal) || entry.EndsWith("op.json", StringComparison.Ordinal)) Age(entry, old);
        }
    }

    private static void Age(string path, DateTime time)
    {
        try
        {
            if (Directory.Exists(path)) Directory.SetLastWriteTimeUtc(path, time);
            else File.SetLastWriteTimeUtc(path, time);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            Assert.False(Path.Exists(path)); // swept or published meanwhile
        }
    }

    private static void RequireSwept(LedgerLayout layout)
    {
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 };
        Assert.Empty(Directory.EnumerateFileSystemEntries(layout.Root, "*.tmp", everything));
        Assert.Empty(Directory.EnumerateFileSystemEntries(layout.Operations));
        Assert.Empty(Directory.EnumerateFileSystemEntries(layout.Participants));
        Assert.Empty(Directory.EnumerateFileSystemEntries(layout.Temp));
    }
}
