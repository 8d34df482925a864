using Ledger.Log;
using Ledger.Log.Segments;
using Ledger.Model;
using Ledger.Runtime;
using Ledger.Runtime.Replication;
using Ledger.Testing;
using Ledger.Tests.Platform;
using Ledger.Worker;
using Reader = Ledger.Runtime.Replication.SegmentReader<Ledger.Worker.Counted, Ledger.Model.Entry, Ledger.Model.EntryData, Ledger.Worker.CountOutcome>;
using Replica = Ledger.Runtime.Replication.LogReplica<Ledger.Worker.Counted, Ledger.Model.Entry, Ledger.Model.EntryData, Ledger.Worker.CountOutcome>;

namespace Ledger.Tests.Runtime.Segments;

/// <summary>What a sequence of segments promises, whatever logs carry it.</summary>
public abstract partial class SegmentContract : IDisposable
{
    private const int Kept = 2;

    private readonly List<IDisposable> open = [];
    private int incarnations;
    private int groups = 1;

    /// <summary>The logs as one process sees them; each call is another process.</summary>
    private protected abstract ILogStore OpenLogs();

    /// <summary>Entries of each writer, where many race.</summary>
    private protected virtual int Each => 150;

    /// <summary>Whether a log that was deleted is lost also to those who have it open.</summary>
    private protected virtual bool IsReadByName => true;

    public virtual void Dispose()
    {
        open.ForEach(each => each.Dispose());
        GC.SuppressFinalize(this);
    }

    /// <summary>The group of a test, or of a case of it.</summary>
    private string Group => $"g{groups}";

    /// <summary>Each case with a group of its own.</summary>
    private void ForEach<T>(IEnumerable<T> cases, Action<T> test)
    {
        foreach (var each in cases)
        {
            TryBegin();
            test(each);
            groups++;
        }
    }

    private SegmentStore Store(ILogStore? logs = null) => new(logs ?? OpenLogs(), Ledger.Platform.RandomName.Hex, Kept);

    private bool TryBegin(Counted? state = null) =>
        Store().TryCreate(Group, 1, 1, state?.Position ?? 0, CountingMachine.Instance.WriteHeader(state ?? new Counted()));

    /// <summary>A process that seals after so many entries.</summary>
    private Writer Open(string id, long sealAfter = long.MaxValue, ILogStore? logs = null, bool creates = true)
    {
        var writer = new Writer(Store(logs), Group, id, $"{id}{Interlocked.Increment(ref incarnations)}", sealAfter, creates);
        lock (open) open.Add(writer);
        return writer;
    }

    /// <summary>Another one has the log go on until a segment of this number is live.</summary>
    private void GoOnUntil(long number)
    {
        var other = Open("other", sealAfter: 1);
        while (other.Number < number) other.Write(1);
    }

    private List<string> Live() => OfGroup(OpenLogs().ListLive());

    private List<string> Archived() => OfGroup(OpenLogs().ListArchived());

    private List<string> OfGroup(IEnumerable<string> names) =>
        [.. names.Where(name => name.StartsWith(Group + "@", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private List<string> KeptBefore(long number) => [.. Enumerable.Range(2, Kept - 1).Select(i => Name(number - i)).Order(StringComparer.Ordinal)];

    /// <summary>The newest segment and the one before it lie where they were made.</summary>
    private string[] LiveWith(long newest) => [Name(newest - 1), Name(newest)];

    private string Name(long number) => SegmentName.Of(Group, number);

    [ContractFact]
    public void Of_many_racing_creators_of_a_segment_one_wins()
    {
        Assert.Single(Race.Run(8, _ => TryBegin()), won => won);
        Assert.Equal([Name(1)], Live());
        Assert.Equal([Group], Store().ListGroups());
    }

    [ContractFact]
    public void Entries_go_on_behind_a_seal_and_old_segments_go_away()
    {
        TryBegin();
        var writer = Open("w", sealAfter: 5);
        writer.Write(50);
        Assert.InRange(writer.Number, 8, 12);
        writer.RequireAll(50);
        Assert.Equal(LiveWith(writer.Number), Live());
        Assert.Equal(KeptBefore(writer.Number), Archived());
        Assert.Equal(writer.State.Order, Open("reader").State.Order);
        Assert.Equal(writer.State.Position, writer.State.Seals + 50);
    }

    [ContractFact]
    public void Many_racing_writers_lose_nothing_and_repeat_nothing_while_segments_come_and_go()
    {
        const int Writers = 4;
        TryBegin();
        using var writing = new CountdownEvent(Writers);
        var states = Race.Run(Writers + 1, racer =>
        {
            // The last one only reads, from wherever it is, for as long as others write: also when one of them fails.
            if (racer == Writers)
            {
                var reader = Open($"w{racer}", sealAfter: 20);
                while (!writing.IsSet) reader.Replica.CatchUp();
                return reader;
            }
            try
            {
                var writer = Open($"w{racer}", sealAfter: 20);
                writer.Write(Each);
                return writer;
            }
            finally
            {
                writing.Signal();
            }
        });
        foreach (var writer in states)
        {
            writer.Replica.CatchUp();
            for (var i = 0; i < Writers; i++) Assert.Equal(new Written(Each, Each), writer.State.Writers[$"w{i}"]);
            Assert.Equal((0, 0), (writer.State.Missing, writer.State.Doubled));
            Assert.Equal(states[0].State.Order, writer.State.Order);
        }
        Assert.InRange(states[0].Number, Writers * Each / 60, long.MaxValue);
        // Whoever was late may have left an empty place of a segment that was deleted; the next to come takes it away.
        Store().Tidy(Group);
        Assert.Equal(LiveWith(states[0].Number), Live());
        Assert.Equal(KeptBefore(states[0].Number), Archived());
    }

    [ContractFact]
    public void A_writer_that_slept_through_a_seal_writes_into_the_next_segment()
    {
        TryBegin();
        var sleeper = Open("s");
        sleeper.Write(1);
        GoOnUntil(2);
        sleeper.Write(1);
        sleeper.RequireAll(2);
        Assert.Equal(0, sleeper.Jumps);
        Assert.Equal(2, sleeper.Number);
        Assert.Equal(sleeper.State.Order, Open("r").State.Order);
    }

    [ContractFact]
    public void A_writer_that_slept_until_its_segment_was_deleted_writes_into_the_newest()
    {
        TryBegin();
        var sleeper = Open("s");
        sleeper.Write(1);
        GoOnUntil(Kept + 4);
        Assert.DoesNotContain(Name(1), Archived());
        sleeper.Write(2);
        sleeper.RequireAll(3);
        Assert.Equal(1, sleeper.Jumps);
        Assert.Equal(sleeper.State.Order, Open("r").State.Order);
    }

    [ContractFact]
    public void What_stands_before_a_seal_counts_though_its_segment_is_gone_once_the_append_returns() => ForEach(
        [3, Kept + 1, Kept + 2, Kept + 4], until =>
        {
            var logs = new InterruptedLogs(OpenLogs());
            var sleeper = Open("s", logs: logs);
            sleeper.Write(1);
            logs.At = at => at == "behind append" ? () => GoOnUntil(until) : null;
            logs.Instead = new AppendResult(AppendStatus.Gone);
            sleeper.Write(2);
            sleeper.RequireAll(3);
            Assert.Null(logs.Instead);
            Assert.Equal(sleeper.State.Order, Open("r").State.Order);
        });

    [ContractFact]
    public void A_writer_that_is_stopped_at_its_append_is_neither_lost_nor_heard_twice() => ForEach(
        [("before append", 3), ("behind append", 3), ("before append", Kept + 4), ("behind append", Kept + 4)], each =>
        {
            var logs = new InterruptedLogs(OpenLogs());
            var sleeper = Open("s", logs: logs);
            sleeper.Write(1);
            logs.At = at => at == each.Item1 ? () => GoOnUntil(each.Item2) : null;
            sleeper.Write(1);
            sleeper.Write(1);
            sleeper.RequireAll(3);
            Assert.Null(logs.At);
            Assert.Equal(sleeper.State.Order, Open("r").State.Order);
        });

    [ContractFact]
    public void A_reader_that_fell_behind_what_is_kept_is_told_the_state_it_goes_on_from()
    {
        TryBegin();
        var reader = Open("r");
        var before = reader.State.Position;
        GoOnUntil(Kept + 4);
        var other = Open("w");
        reader.Replica.CatchUp();
        Assert.Equal(1, reader.Jumps);
        Assert.True(reader.State.Position > before);
        Assert.Equal(other.State.Order, reader.State.Order);
        var told = reader.Told;
        other.Write(2);
        reader.Replica.CatchUp();
        Assert.Equal(1, reader.Jumps);
        Assert.Equal(told + 2, reader.Told);
    }

    [ContractFact]
    public void A_reader_that_is_behind_by_what_is_kept_misses_nothing()
    {
        TryBegin();
        var reader = Open("r");
        GoOnUntil(Kept + 1);
        reader.Replica.CatchUp();
        Assert.Equal(0, reader.Jumps);
        Assert.Equal(reader.State.Position, reader.Told);
    }

    [ContractFact]
    public void A_header_may_be_larger_than_a_record()
    {
        var many = Enumerable.Range(0, 6_000).Select(i => KeyValuePair.Create($"incarnation-{i:d60}", new LastEntry(i + 1, i + 1, null)));
        var state = new Counted { Position = 6_000 };
        TryBegin(state with { Incarnations = state.Incarnations.AddRange(many) });
        GoOnUntil(3);
        var reader = Open("r");
        Assert.Equal(6_001, reader.State.Incarnations.Count);
        Assert.Equal(5_000, reader.State.Incarnations[$"incarnation-{4_999:d60}"].Sequence);
        Assert.InRange(
            CountingMachine.Instance.WriteHeader(reader.State).Sum(line => line.Length), LogLimits.RecordBytes + 1, LogLimits.HeaderBytes);
    }

    [ContractFact]
    public void Who_only_reads_creates_nothing_and_goes_on_when_others_did()
    {
        TryBegin();
        DieAt("before create");
        var reader = Open("r", creates: false);
        Assert.True(reader.State.Sealed);
        Assert.Throws<LedgerStorageException>(() => reader.Write(1));
        Assert.Equal([Name(1)], Live());
        Open("w").Write(1);
        reader.Replica.CatchUp();
        Assert.Equal(2, reader.Number);
        Assert.Equal(1, reader.State.Writers["w"].Count);
    }

    [ContractFact]
    public void A_segment_of_other_rules_is_refused()
    {
        Store().TryCreate(Group, 1, 2, 0, CountingMachine.Instance.WriteHeader(new Counted()));
        Assert.Throws<LedgerVersionException>(() => Open("r"));
    }

    [ContractFact]
    public void A_group_that_was_never_begun_is_not_found()
    {
        Assert.Contains("no group 'g1'", Assert.Throws<LedgerException>(() => Open("r")).Message, StringComparison.Ordinal);
        Assert.Empty(Store().ListGroups());
    }

    /// <summary>A process that seals, and dies at a step of what follows.</summary>
    private void DieAt(string step)
    {
        var logs = new InterruptedLogs(OpenLogs());
        var dying = Open("dying", sealAfter: 0, logs);
        logs.At = at => at == step ? () => throw new Death() : null;
        Assert.ThrowsAny<Exception>(() => dying.Write(1));
        Assert.Null(logs.At);
    }

    private sealed class Writer : IDisposable
    {
        private readonly Reader reader;
        private readonly string id;

        public Writer(SegmentStore store, string group, string id, string incarnation, long sealAfter, bool creates)
        {
            this.id = id;
            reader = new Reader(store, group, CountingMachine.Instance, new SegmentOptions(sealAfter, long.MaxValue) { Creates = creates });
            Replica = new Replica(reader, new Clock(new SimulatedTime()), id, incarnation)
            {
                Jumped = _ => Jumps++,
                Listener = _ => Told++,
            };
            Replica.CatchUp();
        }

        public Replica Replica { get; }

        public int Jumps { get; private set; }

        public long Told { get; private set; }

        public long Number => reader.Number;

        public Counted State => Replica.State;

        /// <summary>The next numbers of this writer.</summary>
        public void Write(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var next = State.Writers.GetValueOrDefault(id).Last + 1;
                var outcome = Assert.Single(Replica.Propose(CountingMachine.Number(next)));
                Assert.Null(outcome.Rejection);
            }
        }

        public void RequireAll(long count)
        {
            Assert.Equal(new Written(count, count), State.Writers[id]);
            Assert.Equal((0, 0), (State.Missing, State.Doubled));
        }

        public void Dispose() => Replica.Dispose();
    }
}
