using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Runtime;
using Ledger.Runtime.Groups;
using Ledger.Testing;
using Xunit.Abstractions;

namespace Ledger.Tests.Scenarios.PowerLoss;

/// <summary>The power fails at every call of short sequences, and the disk keeps any choice of what was not flushed: every
/// subset of names, removals, renames, lengths and bytes. Then the ledger opens, can be verified, and goes on; and
/// where it was told to flush before it acknowledges, nothing acknowledged is missing.</summary>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    // More would not be a short sequence: the subsets of so many effects are looked at one by one.
    private const int MostUnflushed = 16;

    [Theory]
    [InlineData("", "open")]
    [InlineData("open", "join create")]
    [InlineData("open join", "create commit")]
    [InlineData("open join", "create commit commit")]
    [InlineData("open join create", "commit commit commit")]
    [InlineData("open join create commit", "end complete")]
    [InlineData("open join create commit end publish complete", "archive")]
    [InlineData("open join create", "complete archive")]
    [InlineData("open join", "group")]
    [InlineData("open join group", "register")]
    public void Without_flushes_the_ledger_opens_and_goes_on(string before, string sequence) => Run(before, sequence, flush: false);

    [Theory]
    [InlineData("", "open join create commit")]
    [InlineData("open", "join create commit")]
    [InlineData("open join", "create commit commit commit")]
    [InlineData("open join create commit", "end complete")]
    [InlineData("open join create commit end publish complete", "archive")]
    [InlineData("open join create", "commit end complete archive")]
    [InlineData("open join", "group elect")]
    [InlineData("open join group", "register barrier")]
    [InlineData("open join group register", "barrier seal barrier")]
    [InlineData("open join group seal", "barrier seal barrier seal")]
    [InlineData("open join group seal seal seal", "seal barrier")]
    public void With_flushes_nothing_acknowledged_is_lost(string before, string sequence) => Run(before, sequence, flush: true);

    [Fact]
    public void Without_flushes_a_group_goes_on_behind_a_seal_or_says_why_not()
    {
        // All of it takes minutes.
        var isWhole = Environment.GetEnvironmentVariable("LEDGER_CRASH_POINTS") == "all";
        Run("open join group elect", "seal", flush: false, every: isWhole ? 1 : 43);
    }

    [Fact]
    public void Without_flushes_acknowledged_entries_are_lost()
    {
        // Else the tests above would prove nothing: the disk does lose what was not flushed.
        var (ledger, journal, _) = Take("open join create", "commit", flush: false, killAt: long.MaxValue);
        var empty = new PoweredLedger(journal.After(journal.Unflushed().ToHashSet()).Mount(new SimulatedTime()), new SimulatedTime(), flush: false);
        empty.Open("b");
        Assert.Equal(2, ledger.Position);
        Assert.Equal(1, empty.Directory.Read(PoweredLedger.Operation).Position);
    }

    /// <param name="before">What is done before.</param>
    /// <param name="sequence">The steps.</param>
    /// <param name="flush">Whether the ledger flushes.</param>
    /// <param name="every">Which subsets are tried: 1 for all, else a sample.</param>
    private void Run(string before, string sequence, bool flush, int every = 1)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var (points, subsets, most) = (0, 0L, 0);
        for (long killAt = 1; ; killAt++)
        {
            var (ledger, journal, ended) = Take(before, sequence, flush, killAt);
            var unflushed = journal.Unflushed();
            Assert.True(unflushed.Length <= MostUnflushed, $"{unflushed.Length} effects are not flushed: {string.Join(", ", unflushed.Select(journal.Describe))}");
            most = Math.Max(most, unflushed.Length);
            points++;
            for (var subset = 0; subset < 1 << unflushed.Length; subset += every)
            {
                subsets++;
                var lost = unflushed.Where((_, bit) => (subset & (1 << bit)) != 0).ToHashSet();
                var image = journal.After(lost);
                if (!seen.Add($"{string.Join(' ', ledger.Acknowledged)}|{image.Fingerprint()}")) continue;
                GoOn(image, ledger, flush, () => $"Killed at call {killAt}, acknowledged {string.Join(' ', ledger.Acknowledged)}, "
                    + $"lost {string.Join(", ", lost.Select(journal.Describe))}; left {image}");
            }
            if (ended) break;
        }
        output.WriteLine($"{before} | {sequence}{(flush ? ", flushed" : "")}: {points} crash points, {subsets} subsets of up to {most} effects, {seen.Count} different disks");
    }

    /// <summary>Takes the steps; the process dies at its n-th call behind those that come before.</summary>
    private static (PoweredLedger Ledger, DiskJournal Journal, bool Ended) Take(string before, string sequence, bool flush, long killAt)
    {
        var time = new SimulatedTime();
        var files = new SimulatedFileSystem(time);
        var ledger = new PoweredLedger(files, time, flush);
        foreach (var step in Words(before)) ledger.Do(step);
        var journal = new DiskJournal(files);
        long calls = 0;
        files.Fault = _ => ++calls == killAt ? FileFault.CrashBefore : null;
        try
        {
            foreach (var step in Words(sequence)) ledger.Do(step);
            return (ledger, journal, true);
        }
        catch (SimulatedCrashException)
        {
            return (ledger, journal, false);
        }
    }

    private static void GoOn(DiskImage image, PoweredLedger dead, bool flush, Func<string> describe)
    {
        try
        {
            var time = new SimulatedTime();
            var ledger = new PoweredLedger(image.Mount(time), time, flush);
            ledger.Open("b");
            var reports = Verification.VerifyAll(ledger.Directory).ToList();
            if (flush) RequireAcknowledged(ledger.Directory, dead, reports);
            if (flush) RequireGroup(ledger.Directory, dead);
            _ = ledger.Directory.List();
            TakePart(ledger.Directory, time, mustJoin: flush);
            Assert.True(Verification.Verify(ledger.Directory, "another").Ok);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{describe()}: {e.Message}", e);
        }
    }

    private static void RequireAcknowledged(LedgerDirectory ledger, PoweredLedger dead, IReadOnlyList<VerifyReport> reports)
    {
        Assert.All(reports, report => Assert.True(report.Ok, $"{report.OperationId}: {string.Join(", ", report.Bad)}"));
        if (dead.Acknowledged.Contains("open")) Assert.Equal(dead.Directory.Manifest, ledger.Manifest);
        if (!dead.Acknowledged.Contains("create")) return;
        var state = ledger.Read(PoweredLedger.Operation);
        Assert.True(state.Position >= dead.Position, $"of {dead.Position} acknowledged entries {state.Position} are left");
        if (dead.Acknowledged.Contains("complete")) Assert.Equal(OperationStatus.Completed, state.Status);
    }

    private static void RequireGroup(LedgerDirectory ledger, PoweredLedger dead)
    {
        if (!dead.Acknowledged.Contains("group")) return;
        var s = ledger.ReadGroup(PoweredLedger.Group);
        Assert.True(s.Position >= dead.GroupPosition, $"of {dead.GroupPosition} acknowledged entries of the group {s.Position} are left");
        if (!dead.Acknowledged.Contains("register")) return;
        var file = s.Supervisors[PoweredLedger.Supervisor].Settings.StartInfo!.EnvironmentFile!;
        Assert.Equal("value", GroupSecrets.Read(ledger.Context, file)["KEY"]);
    }

    /// <summary>A group is taken part in, in this segment and the next; or, where nothing was flushed, it is refused with a
    /// reason: its newest segment, or the one behind its seal, has lost what it begins with.</summary>
    private static bool TryJoinGroup(LedgerParticipant other, bool mustJoin)
    {
        var refusal = Record.Exception(() =>
        {
            var group = GroupOpenings.Join(other, PoweredLedger.Group, new GroupOptions { CanOrchestrate = true });
            var segment = group.State.Segment;
            Assert.Null(group.Replica.Propose(new SegmentSealed(segment))[0].Rejection);
            Assert.Null(group.Replica.Propose(new BarrierOpened("after"))[0].Rejection);
            Assert.Equal(segment + 1, group.State.Segment);
        });
        if (mustJoin) Assert.Null(refusal);
        else if (refusal is not null) Assert.IsAssignableFrom<LedgerException>(refusal);
        return refusal is null;
    }

    private static void TakePart(LedgerDirectory ledger, SimulatedTime time, bool mustJoin)
    {
        var other = ledger.JoinAsync("b").GetAwaiter().GetResult();
        var operation = Openings.Create(other.Core, "another", null);
        // The same id: made again, or refused with a reason.
        if (Record.Exception(() => Openings.Create(other.Core, PoweredLedger.Operation, null)) is { } refusal)
            Assert.IsAssignableFrom<LedgerException>(refusal);
        Assert.Null(operation.Replica.Propose(new CallStarted("call", null))[0].Rejection);
        Assert.Null(operation.Replica.Propose(new CallEnded("call", 2))[0].Rejection);
        Assert.Null(operation.Replica.Propose(new CompleteRequested())[0].Rejection);
        var goesOn = TryJoinGroup(other, mustJoin);
        // Housekeeping and the rules meet what is left of the dead one's files.
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(operation.Replica.IsArchived);
        // A group that cannot go on cannot be left in good order either.
        var left = Record.Exception(() => other.DisposeAsync().AsTask().GetAwaiter().GetResult());
        if (goesOn) Assert.Null(left);
        else if (left is not null) Assert.IsAssignableFrom<LedgerStorageException>(left);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
