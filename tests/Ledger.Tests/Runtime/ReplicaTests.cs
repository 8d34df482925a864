using System.Buffers;
using Ledger.Log;
using Ledger.Model;
using Ledger.Rules;
using Ledger.Runtime;
using Ledger.Testing;
using Ledger.Tests.Platform;

namespace Ledger.Tests.Runtime;

public sealed class ReplicaTests : IDisposable
{
    private static readonly ProcessIdentity Process = new("h", "boot", "pid", "mnt", "1000", 1, "1");

    private readonly List<byte> bytes = [];
    private readonly ScriptedLog log;
    private readonly Replica replica;
    private readonly List<string> orphans = [];
    private int changes;

    public ReplicaTests()
    {
        log = new ScriptedLog(bytes);
        bytes.AddRange(RecordOf("mine", 1, new OperationCreated("op", Fold.Version, Process, null)));
        replica = new Replica(new FoldReader(log), new Clock(new SimulatedTime()), "me", "mine")
        {
            Orphaned = f => orphans.Add(f.CallId),
            Changed = () => changes++,
        };
        replica.CatchUp();
    }

    /// <summary>Not the replica: a test that fails with a thread stuck in it would never end.</summary>
    public void Dispose() => log.Dispose();

    private List<string> Calls => [.. replica.State.Stack.Values.Select(f => f.CallId)];

    private long LastSequence => replica.State.Members["mine"].LastSequence;

    [Fact]
    public void What_is_written_is_answered_by_the_fold()
    {
        Assert.Equal([2L], Start("a").Select(o => o.Position));
        Assert.Equal("duplicateCall: a", Start("a")[0].Rejection);
        Assert.Equal(["a"], Calls);
    }

    [Fact]
    public void What_is_refused_throws_and_the_next_proposal_goes_through()
    {
        log.Appends.Enqueue(log.Refuse);
        var e = Assert.Throws<LedgerStorageException>(() => Start("a"));
        Assert.DoesNotContain("unknown", e.Message, StringComparison.Ordinal);
        Assert.Empty(Calls);
        Assert.True(Start("b")[0].Accepted);
        Assert.Equal(["b"], Calls);
    }

    [Fact]
    public void What_is_written_into_a_deleted_log_is_not_answered_though_it_can_be_read_back()
    {
        log.Appends.Enqueue(log.Vanish);
        var e = Assert.Throws<LedgerStorageException>(() => Start("a"));
        Assert.Contains("gone", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_comes_back_with_its_drive_takes_proposals_again()
    {
        log.Appends.Enqueue(_ => new AppendResult(AppendStatus.Gone));
        Assert.Throws<LedgerStorageException>(() => Start("a"));
        Start("b");
        Assert.Equal(["b"], Calls);
    }

    [Fact]
    public void A_lost_reply_is_found_out_and_nothing_is_written_twice()
    {
        log.Appends.Enqueue(log.LoseReply);
        Assert.True(Start("a")[0].Accepted);
        Assert.Equal(["\n"], log.Tried.Skip(1).Select(r => System.Text.Encoding.ASCII.GetString(r)));
        Assert.Equal(2, replica.State.Position);
    }

    [Fact]
    public void A_lost_request_is_found_out_and_tried_again_under_the_same_number()
    {
        log.Appends.Enqueue(log.LoseRequest);
        Assert.True(Start("a")[0].Accepted);
        Assert.Equal(log.Tried[0], log.Tried[2]);
        Assert.Equal(2, LastSequence);
    }

    [Fact]
    public void A_record_that_lacks_only_its_newline_is_completed_by_the_next()
    {
        log.Appends.Enqueue(log.Tear(^1));
        Assert.True(Start("a")[0].Accepted);
        Assert.Equal(2, replica.State.Position);
        Assert.Equal(2, log.Tried.Count);
    }

    [Fact]
    public void A_torn_record_spoils_only_itself_and_is_written_again_under_the_same_number()
    {
        log.Appends.Enqueue(log.Tear(30));
        Assert.True(Start("a")[0].Accepted);
        Assert.Equal(["a"], Calls);
        Assert.Equal((2, 2), (replica.State.Position, LastSequence));
    }

    [Fact]
    public void Of_a_torn_record_only_the_lost_lines_are_written_again()
    {
        log.Appends.Enqueue(record => log.Tear(Array.LastIndexOf(record, (byte)'\n', record.Length - 2) + 20)(record));
        var outcomes = replica.Propose(Call("a"), Call("b"));
        Assert.Equal([2L, 3L], outcomes.Select(o => o.Position));
        Assert.All(outcomes, o => Assert.True(o.Accepted));
        Assert.Equal(3, replica.State.Position);
        Assert.Equal(3, LastSequence);
    }

    [Fact]
    public void What_cannot_be_found_out_is_unknown_and_a_call_that_began_after_all_is_an_orphan()
    {
        log.Appends.Enqueue(log.LoseReply);
        log.Appends.Enqueue(log.Refuse);
        var e = Assert.Throws<LedgerStorageException>(() => Start("a"));
        Assert.Contains("unknown", e.Message, StringComparison.Ordinal);

        Assert.True(Start("b")[0].Accepted);
        Assert.Equal(["a"], orphans);
        Assert.Equal(["a", "b"], Calls);
    }

    [Fact]
    public void An_unknown_tail_is_ended_before_anything_else_is_written()
    {
        log.Appends.Enqueue(log.Tear(30));
        log.Appends.Enqueue(log.Refuse);
        Assert.Throws<LedgerStorageException>(() => Start("a"));

        Assert.True(Start("b")[0].Accepted);
        Assert.Equal([1, 1], log.Tried.Skip(1).Take(2).Select(r => r.Length));
        Assert.Equal(["b"], Calls);
        Assert.Empty(orphans);
    }

    [Fact]
    public void A_read_error_behind_a_written_record_leaves_its_outcome_unknown()
    {
        log.ReadFails.Enqueue(true);
        var e = Assert.Throws<LedgerStorageException>(() => Start("a"));
        Assert.Contains("unknown", e.Message, StringComparison.Ordinal);
        Assert.True(replica.CatchUp());
        Assert.Equal(["a"], orphans);
    }

    [Fact]
    public void Who_comes_second_reads_on_and_writes_behind()
    {
        log.Appends.Enqueue(log.Lose(RecordOf("other", 1, new ParticipantJoined(Process))));
        log.Appends.Enqueue(log.Lose(RecordOf("other", 2, Call("theirs"))));
        Assert.Equal(4, Start("a")[0].Position);
        Assert.Equal(["theirs", "a"], Calls);
    }

    [Fact]
    public void A_log_that_stays_of_unknown_outcome_is_given_up_after_some_tries()
    {
        for (var i = 0; i < 20; i++) log.Appends.Enqueue(record => record.Length == 1 ? new AppendResult(AppendStatus.Written) : log.LoseRequest(record));
        Assert.Throws<LedgerStorageException>(() => Start("a"));
        Assert.InRange(log.Tried.Count, 4, 12);
    }

    [Fact]
    public void A_log_that_is_gone_says_so()
    {
        log.Appends.Enqueue(_ => new AppendResult(AppendStatus.Gone));
        Assert.Contains("pruned", Assert.Throws<LedgerStorageException>(() => Start("a")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_nobody_reckoned_with_leaves_no_other_proposal_waiting()
    {
        using var go = new ManualResetEventSlim();
        log.Appends.Enqueue(record =>
        {
            go.Wait(Eventually.Bound);
            bytes.AddRange(record);
            return AppendResult.Written;
        });
        log.Appends.Enqueue(_ => throw new InvalidOperationException("out of order"));
        var ends = new System.Collections.Concurrent.ConcurrentBag<Exception?>();
        var threads = Enumerable.Range(0, 3).Select(i => new Thread(() => ends.Add(Record.Exception(() => Start($"c{i}"))))
        {
            IsBackground = true,
        }).ToList();
        threads.ForEach(t => t.Start());
        // One is writing; the others wait for it, and then go together.
        await Eventually.True(() => threads.TrueForAll(t => t.ThreadState.HasFlag(ThreadState.WaitSleepJoin)), "three waiting threads");
        go.Set();
        await Eventually.True(() => ends.Count == 3, "three answers");

        Assert.Single(ends, e => e is null);
        Assert.Single(ends, e => e is InvalidOperationException);
        Assert.Single(ends, e => e is LedgerException);
        Assert.True(Start("after")[0].Accepted);
    }

    [Fact]
    public void News_before_a_read_error_is_announced()
    {
        changes = 0;
        bytes.AddRange(RecordOf("other", 1, new ParticipantJoined(Process)));
        // Delivered, and then the reader stumbles.
        replica.Listener = _ => throw new LedgerStorageException("/log", "A fault of the test");
        Assert.Throws<LedgerStorageException>(() => replica.CatchUp());
        Assert.Equal(1, changes);
    }

    [Fact]
    public async Task A_read_does_not_wait_for_who_proposes_and_reads_what_is_left_afterwards()
    {
        using var writing = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        log.Appends.Enqueue(record =>
        {
            writing.Release();
            Assert.True(goOn.Wait(TimeSpan.FromSeconds(30)));
            return log.Lose(record)(record); // in the log, as its own
        });
        var proposing = Task.Run(() => Start("a"));
        Assert.True(await writing.WaitAsync(TimeSpan.FromSeconds(30)));

        var whileItProposes = await Task.Run(replica.TryCatchUp).WaitAsync(TimeSpan.FromSeconds(20));
        goOn.Release();
        await proposing.WaitAsync(TimeSpan.FromSeconds(30));
        bytes.AddRange(RecordOf("other", 1, new ParticipantJoined(Process)));

        Assert.Null(whileItProposes);
        Assert.True(replica.TryCatchUp());
        Assert.Contains("other", replica.State.Members.Keys);
        Assert.False(replica.TryCatchUp());
    }

    [Fact]
    public void An_entry_that_is_too_large_fails_alone()
    {
        var large = Call("large") with { Description = new string('x', LogLimits.LineBytes) };
        Assert.Contains("limit", Assert.Throws<LedgerException>(() => replica.Propose(large)).Message, StringComparison.Ordinal);
        Assert.True(Start("a")[0].Accepted);
        Assert.Empty(orphans);
    }

    private static CallStarted Call(string id) => new(id, null);

    private IReadOnlyList<Outcome> Start(string id) => replica.Propose(Call(id));

    [Fact]
    public async Task A_stream_that_is_behind_its_participant_looks_again_though_nothing_wakes_it()
    {
        var looks = 0;
        var stream = LogFollower.Follow(
            new FoldReader(new ScriptedLog(bytes)), 0, () => new TaskCompletionSource().Task,
            position =>
            {
                Assert.Equal(1, position);
                if (++looks == 2) bytes.AddRange(RecordOf("mine", 2, new CompleteRequested()));
                return Task.CompletedTask;
            },
            CancellationToken.None);

        var seen = await stream.ToListAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal([1L, 2L], seen.Select(change => change.Position));
        Assert.Equal(2, looks);
    }

    private static byte[] RecordOf(string incarnation, long sequence, EntryData data)
    {
        var record = new ArrayBufferWriter<byte>();
        var who = incarnation == "mine" ? "me" : incarnation;
        EntryCodec.Write(record, new Entry("nonce", sequence, who, incarnation, "2000-01-01T00:00:00.000Z", data));
        return record.WrittenSpan.ToArray();
    }
}
