using System.Buffers;
using Ledger.Log;
using Ledger.Model;

namespace Ledger.Runtime.Replication;

/// <summary>One process's copy of what a log says: reads and folds it, and appends this process's proposals. Thread-safe;
/// blocks for file I/O only. At most one append is of unknown outcome: what could not be resolved is resolved before the
/// next one. Where the log goes on in another segment, what was not in the earlier one is proposed again there, under the
/// same number.</summary>
internal class LogReplica<TState, TEntry, TData, TOutcome> : IDisposable
    where TState : class
    where TEntry : class, ILogEntry
    where TData : class
{
    /// <summary>Entries that are surely small enough to be proposed together.</summary>
    public const int MostTogether = 2;

    private const int MostRetries = 3;

    private readonly Lock gate = new();
    private readonly LogFold<TState, TEntry, TData, TOutcome> reader;
    private readonly Machine<TState, TEntry, TData, TOutcome> machine;
    private readonly Clock clock;
    private readonly Burst burst;
    private readonly string participantId;
    private readonly Action<Applied<TState, TEntry, TOutcome>> onApplied;
    private readonly Dictionary<long, Proposal<TData, TOutcome>> inFlight = [];
    private readonly HashSet<long> givenUp = [];
    private readonly Dictionary<long, TOutcome> unsure = []; // of proposals in flight, read in a log that is no more
    private readonly Queue<Proposal<TData, TOutcome>> waiting = new();
    private readonly ArrayBufferWriter<byte> record = new(1024);
    private readonly List<(Range Bytes, TEntry Entry)> written = [];

    // Of the record under way; kept, because a commit is short enough for their making to count.
    private readonly List<Proposal<TData, TOutcome>> taken = [];
    private readonly List<TEntry> batch = [];
    private long sequence;
    private long sealing;
    private string? unknownTail; // the nonce of the log that has it
    private string? gone; // the nonce of a log that is no more, while a record is written: an open file shows what nobody else will read
    private bool changed;

    public LogReplica(LogFold<TState, TEntry, TData, TOutcome> reader, Clock clock, string participantId, string incarnation)
    {
        this.reader = reader;
        machine = reader.Machine;
        this.clock = clock;
        burst = new Burst(clock);
        this.participantId = participantId;
        Incarnation = incarnation;
        onApplied = Note;
        reader.Written = FindWritten;
        reader.Jumped = Jump;
    }

    public string Incarnation { get; }

    public string Id => reader.Id;

    public bool IsArchived => reader.IsArchived;

    /// <summary>The state as far as this process has read. Throws before the first read.</summary>
    public TState State => reader.State ?? throw reader.NotFound();

    /// <summary>Told of each entry in order, within the critical section: must be cheap and must not call back.</summary>
    public Action<Applied<TState, TEntry, TOutcome>>? Listener { get; set; }

    /// <summary>Told instead, when this process fell so far behind that entries are not there any more: the state it goes on
    /// from.</summary>
    public Action<TState>? Jumped { get; set; }

    /// <summary>Told after something new was read, outside the critical section.</summary>
    public Action? Changed { get; set; }

    /// <summary>Told of an entry that turned up after its proposer had given up. As the listener.</summary>
    protected Action<Applied<TState, TEntry, TOutcome>>? Late { get; init; }

    /// <summary>The least number of the next entry; for processes with several replicas of one log.</summary>
    protected Func<long> NextNumber { get; init; } = static () => 0;

    /// <summary>Reads what is new. True when there was something.</summary>
    /// <exception cref="LedgerStorageException">The log could not be read on; what was read before it counts.</exception>
    public bool CatchUp()
    {
        gate.Enter();
        return CatchUpAndExit();
    }

    /// <summary>As <see cref="CatchUp"/>, unless a thread is at it, or proposes in a burst, which reads as well: null then, and
    /// what came behind its reading is for a later call. Whoever proposes much is not held up.</summary>
    public bool? TryCatchUp() => BurstLeftMs == 0 && gate.TryEnter() ? CatchUpAndExit() : null;

    /// <summary>How many milliseconds longer this process is expected to propose, and so to read, by itself; usually 0.</summary>
    public long BurstLeftMs => burst.LeftMs;

    /// <summary>Proposes entries together and returns what each did.</summary>
    /// <exception cref="LedgerStorageException">They could not be written, or it is unknown whether they were; the
    /// message says which.</exception>
    public IReadOnlyList<TOutcome> Propose(params IReadOnlyList<TData> data)
    {
        var mine = new Proposal<TData, TOutcome>(data);
        lock (waiting) waiting.Enqueue(mine);
        burst.Note();
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
                    TryEncode(taken[^1]);
                }
            }
            if (batch.Count == 0) return;
            Write();
            if (reader.Due(Incarnation) is { } seal) Seal(seal);
        }
        catch (LedgerException e)
        {
            taken.ForEach(p => p.Fail(e));
        }
        catch (Exception e)
        {
            var answer = new LedgerException($"A proposal to {reader.Subject} was cut off: {e.Message}", e);
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

    /// <summary>By everybody who finds the log long. Whoever proposed before it has his answer, and whatever fails here the next
    /// proposal tries again: nobody need be told.</summary>
    private void Seal(TData seal)
    {
        batch.Clear();
        ClearRecord();
        if (!TryEncode(new Proposal<TData, TOutcome>([seal]))) return;
        sealing = sequence;
        Write();
        sealing = 0;
    }

    private bool TryEncode(Proposal<TData, TOutcome> proposal)
    {
        var before = batch.Count;
        var nonce = reader.Nonce;
        var timestamp = clock.UtcText;
        try
        {
            foreach (var data in proposal.Data)
            {
                sequence = Math.Max(sequence + 1, NextNumber());
                var entry = machine.Make(nonce, sequence, participantId, Incarnation, timestamp, data);
                Append(entry);
                batch.Add(entry);
                inFlight.Add(entry.Sequence, proposal);
            }
            return true;
        }
        catch (LedgerException e)
        {
            // Too large: none of this proposal is written. The others' lines stand before it in the record.
            foreach (var entry in batch.Skip(before)) inFlight.Remove(entry.Sequence);
            batch.RemoveRange(before, batch.Count - before);
            Rewrite(batch);
            proposal.Fail(e);
            return false;
        }
    }

    private void Write()
    {
        var nonce = reader.Nonce;
        gone = null; // a drive that was lost may come back, and the log with it
        unsure.Clear();
        if (unknownTail is not null) EndTail();
        if (HasMovedOn(nonce)) RewriteRest();
        for (var retries = 0; ; nonce = reader.Nonce)
        {
            var result = reader.Append(record.WrittenSpan);
            if (result.Status == AppendStatus.NotWritten) throw result.Error!;
            if (result.Status == AppendStatus.Gone)
            {
                gone = nonce;
                ReadNew();
                if (reader.Nonce == nonce) throw Gone();
                AnswerWhatCounts();
            }
            else if (result.Status == AppendStatus.Unknown)
            {
                unknownTail = nonce;
                if (++retries > MostRetries) throw Unknown(result.Error!);
                Resolving(EndTail);
            }
            else if (result.Status == AppendStatus.Written) Resolving(() => ReadNew());
            // Read to its end the log takes the record next time, unless there is none any more.
            else if (ReadNew() == LogReadStatus.Gone) throw Gone();
            var movedOn = HasMovedOn(nonce);
            if (inFlight.Count == 0) return;
            if (result.Status == AppendStatus.Written && !movedOn && ++retries > MostRetries)
                throw new LedgerStorageException(Id, "A record that was written cannot be read back");
            RewriteRest();
        }
    }

    /// <summary>A segment may be deleted between an append and the look behind it. What stood before the seal counts all the same:
    /// the next segment's state remembers it. Behind the seal it is void, and written again.</summary>
    private void AnswerWhatCounts()
    {
        var last = reader.LastSequence(Incarnation, out _);
        foreach (var (number, outcome) in unsure)
        {
            if (number <= last && inFlight.Remove(number, out var proposal)) proposal.Answer(outcome);
        }
        unsure.Clear();
    }

    private bool HasMovedOn(string nonce)
    {
        if (reader.Nonce == nonce) return false;
        // What was to seal an earlier segment is not meant for this one.
        inFlight.Remove(sealing);
        return true;
    }

    private void RewriteRest()
    {
        batch.RemoveAll(entry => !inFlight.ContainsKey(entry.Sequence));
        Rewrite(batch);
    }

    private LedgerStorageException Gone() => new(Id, $"The log of {reader.Subject} is gone: it was pruned from the backup");

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
        $"It is unknown whether the entry reached the log of {reader.Subject}; its effect shows when the log can be "
        + $"read again: {e.Message}", e)
    {
        Errno = e.Errno,
    };

    /// <summary>Ends a tail of unknown outcome with a newline of its own and reads it: then it is known.</summary>
    private void EndTail()
    {
        // In a segment that was left, whatever turns up late is void.
        var ended = unknownTail == reader.Nonce ? reader.Append("\n"u8) : new AppendResult(AppendStatus.Gone);
        if (ended.Status is AppendStatus.NotWritten or AppendStatus.Unknown) throw ended.Error!;
        ReadNew();
        unknownTail = null;
    }

    private void Rewrite(List<TEntry> entries)
    {
        ClearRecord();
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Nonce != reader.Nonce) entries[i] = machine.Under(reader.Nonce, entries[i]);
            Append(entries[i]);
        }
    }

    private void ClearRecord()
    {
        record.ResetWrittenCount();
        written.Clear();
    }

    private void Append(TEntry entry)
    {
        var start = Math.Max(1, record.WrittenCount); // a record begins with a newline
        machine.Write(record, entry);
        written.Add((start..(record.WrittenCount - 1), entry));
    }

    private TEntry? FindWritten(ReadOnlySpan<byte> line)
    {
        foreach (var (bytes, entry) in written)
        {
            if (line.SequenceEqual(record.WrittenSpan[bytes])) return entry;
        }
        return null;
    }

    private bool CatchUpAndExit()
    {
        var news = false;
        try
        {
            try
            {
                ReadNew();
            }
            finally
            {
                news = changed;
                gate.Exit();
            }
        }
        finally
        {
            Announce();
        }
        return news;
    }

    private LogReadStatus ReadNew()
    {
        var status = reader.Read(onApplied);
        return status == LogReadStatus.Gone && reader.State is null ? throw reader.NotFound() : status;
    }

    private void Note(Applied<TState, TEntry, TOutcome> applied)
    {
        changed = true;
        if (applied.Entry.Incarnation == Incarnation)
        {
            sequence = Math.Max(sequence, applied.Entry.Sequence);
            if (gone is not null && applied.Entry.Nonce == gone) unsure[applied.Entry.Sequence] = applied.Outcome;
            else if (inFlight.Remove(applied.Entry.Sequence, out var proposal)) proposal.Answer(applied.Outcome);
            else if (givenUp.Remove(applied.Entry.Sequence)) Late?.Invoke(applied);
        }
        Listener?.Invoke(applied);
    }

    /// <summary>What became of this process's entries is in the state, but for those before the last: of them it is known
    /// only that they were answered.</summary>
    private void Jump(TState state)
    {
        changed = true;
        var last = reader.LastSequence(Incarnation, out var outcome);
        sequence = Math.Max(sequence, last);
        givenUp.RemoveWhere(number => number <= last);
        foreach (var number in inFlight.Keys.Where(number => number <= last).Order().ToList())
        {
            inFlight.Remove(number, out var proposal);
            if (number == last && outcome is not null) proposal!.Answer(outcome);
            else if (unsure.TryGetValue(number, out var read)) proposal!.Answer(read);
            else
            {
                proposal!.Fail(new LedgerException($"An entry reached the log of {reader.Subject}, but this process was away "
                    + "for so long that what it did is not told any more; look at the present state."));
            }
        }
        Jumped?.Invoke(state);
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
}
