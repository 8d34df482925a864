using System.Buffers;
using Ledger.Log;
using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Runtime;

/// <summary>One process's copy of one operation: reads and folds its log, and appends this process's proposals. Thread-safe;
/// blocks for file I/O only. At most one append is of unknown outcome: what could not be resolved is resolved before the
/// next one.</summary>
internal sealed class Replica : IDisposable
{
    /// <summary>Entries that are surely small enough to be proposed together.</summary>
    public const int MostTogether = 2;

    private const int MostRetries = 3;

    private readonly Lock gate = new();
    private readonly FoldReader reader;
    private readonly Clock clock;
    private readonly string participantId;
    private readonly Action<Applied> onApplied;
    private readonly Dictionary<long, Proposal> inFlight = [];
    private readonly HashSet<long> givenUp = [];
    private readonly Queue<Proposal> waiting = new();
    private readonly ArrayBufferWriter<byte> record = new(1024);
    private readonly List<(Range Bytes, Entry Entry)> written = [];

    // Of the record under way; kept, because a commit is short enough for their making to count.
    private readonly List<Proposal> taken = [];
    private readonly List<Entry> batch = [];
    private readonly Func<long> nextNumber;
    private long sequence;
    private bool tailUnknown;
    private bool changed;

    /// <param name="reader">Reads the log.</param>
    /// <param name="clock">For the entries' timestamps.</param>
    /// <param name="participantId">Who proposes.</param>
    /// <param name="incarnation">Which incarnation.</param>
    /// <param name="nextNumber">Numbers the incarnation's entries. One process may for a moment have two replicas of a log; were
    /// their numbers equal, one would take the other's entry for its own. Null: there is only this one.</param>
    public Replica(FoldReader reader, Clock clock, string participantId, string incarnation, Func<long>? nextNumber = null)
    {
        this.nextNumber = nextNumber ?? (static () => 0);
        this.reader = reader;
        this.clock = clock;
        this.participantId = participantId;
        Incarnation = incarnation;
        onApplied = Note;
        reader.Written = FindWritten;
    }

    public string Incarnation { get; }

    public string OperationId => reader.Log.OperationId;

    public bool IsArchived => reader.Log.IsArchived;

    /// <summary>The state as far as this process has read. Throws before the first read.</summary>
    public OperationState State => reader.State ?? throw new OperationNotFoundException(OperationId);

    /// <summary>Told of each entry in order, within the critical section: must be cheap and must not call back.</summary>
    public Action<Applied>? Listener { get; set; }

    /// <summary>Told after something new was read, outside the critical section.</summary>
    public Action? Changed { get; set; }

    /// <summary>Told of a call that was accepted after its proposer had given up: nobody owns its frame.</summary>
    public Action<Frame>? Orphaned { get; set; }

    /// <summary>Reads what is new. True when there was something.</summary>
    /// <exception cref="LedgerStorageException">The log could not be read on; what was read before it counts.</exception>
    public bool CatchUp()
    {
        var news = false;
        try
        {
            lock (gate)
            {
                try
                {
                    ReadNew();
                }
                finally
                {
                    news = changed;
                }
            }
        }
        finally
        {
            Announce();
        }
        return news;
    }

    /// <summary>Proposes entries together and returns what each did.</summary>
    /// <exception cref="LedgerStorageException">They could not be written, or it is unknown whether they were; the
    /// message says which.</exception>
    public IReadOnlyList<Outcome> Propose(params IReadOnlyList<EntryData> data)
    {
        var mine = new Proposal(data);
        lock (waiting) waiting.Enqueue(mine);
        try
        {
            lock (gate)
            {
                while (!mine.IsDone) WriteNext();
            }
        }
        finally
        {
            Announce();
        }
        return mine.Result();
    }

    public void Dispose()
    {
        lock (gate) reader.Dispose();
    }

    /// <summary>Writes what waits, as one record: concurrent proposals of one process share an append. Whatever goes wrong,
    /// every proposal that was taken up is answered: nobody else would.</summary>
    private void WriteNext()
    {
        taken.Clear();
        try
        {
            batch.Clear();
            ClearRecord();
            lock (waiting)
            {
                while (waiting.Count > 0 && record.WrittenCount < LogLimits.RecordBytes - (LogLimits.LineBytes * (MostTogether + 1)))
                {
                    taken.Add(waiting.Dequeue());
                    Encode(taken[^1]);
                }
            }
            if (batch.Count > 0) Write();
        }
        catch (LedgerException e)
        {
            taken.ForEach(p => p.Fail(e));
        }
        catch (Exception e)
        {
            var answer = new LedgerException($"A proposal to operation '{OperationId}' was cut off: {e.Message}", e);
            taken.ForEach(p => p.Fail(answer));
            throw;
        }
        finally
        {
            // What has no answer yet may still turn up in the log, and nobody waits for it any more.
            if (inFlight.Count > 0) givenUp.UnionWith(inFlight.Keys);
            inFlight.Clear();
        }
    }

    private void Encode(Proposal proposal)
    {
        var before = batch.Count;
        var nonce = State.Nonce;
        var timestamp = clock.UtcText;
        try
        {
            foreach (var data in proposal.Data)
            {
                sequence = Math.Max(sequence + 1, nextNumber());
                var entry = new Entry(nonce, sequence, participantId, Incarnation, timestamp, data);
                Append(entry);
                batch.Add(entry);
                inFlight.Add(entry.Sequence, proposal);
            }
        }
        catch (LedgerException e)
        {
            // Too large: none of this proposal is written. The others' lines stand before it in the record.
            foreach (var entry in batch.Skip(before)) inFlight.Remove(entry.Sequence);
            batch.RemoveRange(before, batch.Count - before);
            Rewrite(batch);
            proposal.Fail(e);
        }
    }

    private void Write()
    {
        if (tailUnknown) EndTail();
        for (var retries = 0; ;)
        {
            var result = reader.Log.Append(record.WrittenSpan);
            if (result.Status == AppendStatus.NotWritten) throw result.Error!;
            if (result.Status == AppendStatus.Gone)
                throw new LedgerStorageException(OperationId, "The operation's log is gone: it was pruned from the backup");
            if (result.Status == AppendStatus.Unknown)
            {
                tailUnknown = true;
                if (++retries > MostRetries) throw Unknown(result.Error!);
                Resolving(EndTail);
            }
            else if (result.Status == AppendStatus.Written) Resolving(ReadNew);
            else ReadNew();
            if (inFlight.Count == 0) return;
            batch.RemoveAll(entry => !inFlight.ContainsKey(entry.Sequence));
            if (result.Status == AppendStatus.Written && ++retries > MostRetries)
                throw new LedgerStorageException(OperationId, "A record that was written cannot be read back");
            Rewrite(batch);
        }
    }

    /// <summary>What fails here leaves open what became of the entries.</summary>
    private void Resolving(Action step)
    {
        try
        {
            step();
        }
        catch (LedgerStorageException e)
        {
            throw Unknown(e);
        }
    }

    private LedgerStorageException Unknown(LedgerStorageException e) => new(e.Path,
        $"It is unknown whether the entry reached the log of operation '{OperationId}'; its effect shows when the log can be "
        + $"read again: {e.Message}", e)
    {
        Errno = e.Errno,
    };

    /// <summary>Ends a tail of unknown outcome with a newline of its own and reads it: then it is known.</summary>
    private void EndTail()
    {
        var ended = reader.Log.Append("\n"u8);
        if (ended.Status is AppendStatus.NotWritten or AppendStatus.Unknown) throw ended.Error!;
        ReadNew();
        tailUnknown = false;
    }

    private void Rewrite(IEnumerable<Entry> entries)
    {
        ClearRecord();
        foreach (var entry in entries) Append(entry);
    }

    private void ClearRecord()
    {
        record.ResetWrittenCount();
        written.Clear();
    }

    private void Append(Entry entry)
    {
        var start = Math.Max(1, record.WrittenCount); // a record begins with a newline
        EntryCodec.Write(record, entry);
        written.Add((start..(record.WrittenCount - 1), entry));
    }

    private Entry? FindWritten(ReadOnlySpan<byte> line)
    {
        foreach (var (bytes, entry) in written)
        {
            if (line.SequenceEqual(record.WrittenSpan[bytes])) return entry;
        }
        return null;
    }

    private void ReadNew()
    {
        if (reader.Read(onApplied) == LogReadStatus.Gone && reader.State is null)
            throw new OperationNotFoundException(OperationId);
    }

    private void Note(Applied applied)
    {
        changed = true;
        if (applied.Entry.Incarnation == Incarnation)
        {
            sequence = Math.Max(sequence, applied.Entry.Sequence);
            if (inFlight.Remove(applied.Entry.Sequence, out var proposal)) proposal.Answer(applied.Outcome);
            else if (givenUp.Remove(applied.Entry.Sequence) && applied is { Entry.Data: CallStarted, Outcome.Accepted: true })
                Orphaned?.Invoke(applied.State.Stack[applied.Outcome.Position]);
        }
        Listener?.Invoke(applied);
    }

    private void Announce()
    {
        lock (gate)
        {
            if (!changed) return;
            changed = false;
        }
        Changed?.Invoke();
    }

    /// <summary>Entries that one caller proposes together.</summary>
    private sealed class Proposal(IReadOnlyList<EntryData> data)
    {
        private readonly List<Outcome> outcomes = new(data.Count);
        private LedgerException? error;

        public IReadOnlyList<EntryData> Data => data;

        public bool IsDone => error is not null || outcomes.Count == data.Count;

        public void Answer(Outcome outcome) => outcomes.Add(outcome);

        public void Fail(LedgerException e)
        {
            if (!IsDone) error = e;
        }

        public List<Outcome> Result() => error is null ? outcomes : throw error;
    }
}
