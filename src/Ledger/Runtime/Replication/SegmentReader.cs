using Ledger.Log;
using Ledger.Log.Segments;
using Ledger.Model;

namespace Ledger.Runtime.Replication;

/// <summary>Reads a group's log, a sequence of segments, and goes on from one to the next; creates the next where a seal was
/// read and nobody was faster. Who fell behind the oldest segment that is kept goes on from the newest one's header. Not
/// thread-safe.</summary>
internal sealed class SegmentReader<TState, TEntry, TData, TOutcome> : LogFold<TState, TEntry, TData, TOutcome>
    where TState : class
    where TEntry : class, ILogEntry
    where TData : class
{
    /// <summary>How often the next segment is looked for, and tried to be created, in one go.</summary>
    private const int MostTries = 8;

    private readonly SegmentStore store;
    private readonly string groupId;
    private readonly SegmentMachine<TState, TEntry, TData, TOutcome> machine;
    private readonly SegmentOptions options;
    private readonly Action<LedgerException>? onUntidy;
    private readonly LineHandler onLine;
    private readonly List<byte[]> stateLines = [];
    private IOperationLog? log;
    private SegmentHeader? header;
    private LedgerStorageException? fault;
    private long entries;
    private long bytes;
    private string? nonce;
    private bool isLoaded;
    private bool isKnownToBeNewest;

    /// <param name="store">All groups' segments.</param>
    /// <param name="groupId">Which group's to read.</param>
    /// <param name="machine">What they mean.</param>
    /// <param name="options">When to seal.</param>
    /// <param name="onSkipped">Told of lines that are no entries.</param>
    /// <param name="onUntidy">Told when old segments could not be moved away or deleted; the next one tries again.</param>
    public SegmentReader(SegmentStore store, string groupId, SegmentMachine<TState, TEntry, TData, TOutcome> machine,
        SegmentOptions options, Action<SkippedLine>? onSkipped = null, Action<LedgerException>? onUntidy = null)
        : base(machine, onSkipped)
    {
        (this.store, this.groupId, this.machine, this.options, this.onUntidy) = (store, groupId, machine, options, onUntidy);
        onLine = Take;
    }

    public override string Id => groupId;

    public override string Subject => $"group '{groupId}'";

    public override bool IsArchived => false;

    /// <summary>The segment that is read; 0 before the first.</summary>
    public long Number { get; private set; }

    public override string Nonce => nonce ?? throw NotFound();

    private bool IsSealed => isLoaded && machine.IsSealed(State!);

    public override LedgerException NotFound() => new($"There is no group '{groupId}' in this ledger.");

    public override TData? Due(string incarnation) => isLoaded && (entries >= options.Entries || bytes >= options.Bytes)
        ? machine.Seal(State!, incarnation)
        : null;

    public override long LastSequence(string incarnation, out TOutcome? outcome) =>
        machine.LastSequence(State!, incarnation, out outcome);

    /// <summary>Never behind a seal, and never in a segment that others left already.</summary>
    public override AppendResult Append(ReadOnlySpan<byte> record)
    {
        if (IsSealed && !options.Creates)
        {
            return new AppendResult(AppendStatus.NotWritten,
                new LedgerStorageException(SegmentName.Of(groupId, Number), "The log has not gone on behind its seal yet"));
        }
        return !isKnownToBeNewest || IsSealed ? new AppendResult(AppendStatus.Behind) : log!.Append(record);
    }

    public override void Dispose() => log?.Dispose();

    protected override LogReadStatus ReadNew()
    {
        while (true)
        {
            if (log is null && !TryBegin()) return LogReadStatus.Gone;
            var status = log!.Read(onLine);
            if (fault is not null) throw fault;
            if (!isLoaded && status != LogReadStatus.Gone) throw Damaged("its header is cut off");
            if (IsSealed)
            {
                if (!TryGoOn()) return LogReadStatus.AtEnd;
            }
            else if (status == LogReadStatus.Gone)
            {
                if (!TryEnterNewest()) return LogReadStatus.Gone;
            }
            else if (isKnownToBeNewest) return status;
            // Created by a sleeper whose turn was long over, it has no seal, and nobody else is in it.
            else if (!TryEnterNewest())
            {
                isKnownToBeNewest = true;
                return status;
            }
        }
    }

    private bool TryBegin()
    {
        if (!(options.FromOldest && TryEnterOldest()) && !TryEnterNewest()) return false;
        // What others may have died in.
        if (options.Creates) Tidy();
        return true;
    }

    private bool TryEnterOldest()
    {
        if (store.TryOpenOldest(groupId) is not { } oldest) return false;
        Enter(oldest.Number, oldest.Log);
        return true;
    }

    /// <summary>Into a newer segment than the present one, if there is any.</summary>
    private bool TryEnterNewest()
    {
        if (store.TryOpenNewest(groupId, Number) is not { } newest) return false;
        Enter(newest.Number, newest.Log);
        return true;
    }

    /// <summary>Into the segment behind the seal that was read; or, where that is over, too, and not there any more, into the
    /// newest. False where others are to create it.</summary>
    /// <exception cref="LedgerStorageException">It cannot be created or read.</exception>
    private bool TryGoOn()
    {
        var next = Number + 1;
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (store.TryOpen(groupId, next) is { } log)
            {
                Enter(next, log);
                return true;
            }
            if (TryEnterNewest()) return true;
            if (!options.Creates) return false;
            // An empty place where the ledger was mounted must not get a group of its own.
            if (!store.Reaches(groupId, Number)) break;
            if (store.TryCreate(groupId, next, machine.FoldVersion, machine.Position(State!), machine.WriteHeader(State!))) Tidy();
        }
        throw new LedgerStorageException(SegmentName.Of(groupId, next), "The segment behind a seal can be neither read nor created");
    }

    private void Tidy()
    {
        try
        {
            store.Tidy(groupId);
        }
        catch (LedgerException e)
        {
            // Nothing depends on it; whoever creates the next segment does it, too.
            onUntidy?.Invoke(e);
        }
    }

    private void Enter(long number, IOperationLog entered)
    {
        log?.Dispose();
        (log, Number, header) = (entered, number, null);
        (isLoaded, isKnownToBeNewest) = (false, false);
        (entries, bytes) = (0, 0);
        stateLines.Clear();
    }

    private void Take(ReadOnlySpan<byte> line, LinePlace place, bool oversized)
    {
        if (fault is not null) return;
        if (!isLoaded) Guarded(line, place);
        else if (!IsSealed) TakeEntry(line, place, oversized);
        // What stands behind the seal is void: its proposers try again in the next segment.
    }

    private void TakeEntry(ReadOnlySpan<byte> line, LinePlace place, bool oversized)
    {
        entries++;
        bytes += line.Length + 1;
        if (Decode(line, place, oversized) is not { } entry) return;
        if (entry.Nonce != header!.Nonce) Skip(place, "belongs to another segment");
        else Fold(entry);
    }

    /// <summary>No exception leaves a log's reading: its place would not be known.</summary>
    private void Guarded(ReadOnlySpan<byte> line, LinePlace place)
    {
        try
        {
            if (header is null) Begin(SegmentHeader.Read(line), place);
            else stateLines.Add(line.ToArray());
            if (header is not null && stateLines.Count == header.Lines) Load(header);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            fault ??= Damaged(e.Message);
        }
    }

    private void Begin(SegmentHeader first, LinePlace place)
    {
        if (first.GroupId != groupId || first.Number != Number) throw new FormatException("it is another segment's");
        if (first.FoldVersion != machine.FoldVersion)
            fault = new LedgerVersionException(place.Path, "group's fold", first.FoldVersion, machine.FoldVersion);
        else header = first;
    }

    /// <summary>From here on everybody has the state as the header spells it, whether or not he read what led to it.</summary>
    private void Load(SegmentHeader complete)
    {
        complete.RequireState(stateLines);
        var state = machine.ReadHeader(stateLines);
        stateLines.Clear();
        // Who wants all of it is told where it begins.
        var start = options.FromOldest ? 0 : complete.Position;
        var (before, here) = (State is null ? start : machine.Position(State), machine.Position(state));
        if (here != complete.Position || here < before) throw new FormatException("it begins at another position than its state");
        (State, nonce, isLoaded) = (state, complete.Nonce, true);
        if (here > before) Jumped?.Invoke(state);
    }

    private LedgerStorageException Damaged(string why) =>
        new(SegmentName.Of(groupId, Number), $"The segment cannot be read: {why}");
}
