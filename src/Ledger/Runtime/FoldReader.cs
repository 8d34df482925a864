using Ledger.Log;
using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Runtime;

/// <summary>An entry, what it did, and the state after it.</summary>
internal readonly record struct Applied(Entry Entry, Outcome Outcome, OperationState State);

/// <summary>A line that everyone skips.</summary>
internal readonly record struct SkippedLine(LinePlace Place, LineVerdict Verdict, string Why);

/// <summary>Finds the entry of a line that is known already, or null.</summary>
internal delegate Entry? LineLookup(ReadOnlySpan<byte> line);

/// <summary>Reads one log from its beginning and folds it. Not thread-safe.</summary>
internal sealed class FoldReader : IDisposable
{
    private readonly LineHandler onLine;
    private readonly Func<OperationState, Entry, Folded> fold;
    private Action<Applied>? onApplied;
    private LedgerVersionException? unknownVersion;

    public FoldReader(IOperationLog log, Action<SkippedLine>? onSkipped = null, RuleBook? rules = null)
    {
        Log = log;
        fold = (rules ?? RuleBook.Standard).Fold;
        OnSkipped = onSkipped;
        onLine = Take;
    }

    public IOperationLog Log { get; }

    /// <summary>Asked first for the entry of a line: who wrote the very bytes need not parse them.</summary>
    public LineLookup? Written { get; set; }

    public Action<SkippedLine>? OnSkipped { get; }

    /// <summary>The state at the last entry read; null before the first.</summary>
    public OperationState? State { get; private set; }

    /// <summary>Reads what is new.</summary>
    /// <exception cref="LedgerVersionException">The operation is of another fold version.</exception>
    /// <exception cref="LedgerStorageException">The log could not be read; nothing was skipped.</exception>
    public LogReadStatus Read(Action<Applied>? applied = null)
    {
        onApplied = applied;
        var status = Log.Read(onLine);
        return unknownVersion is null ? status : throw unknownVersion;
    }

    /// <summary>Reads to the end and returns the state.</summary>
    /// <exception cref="OperationNotFoundException">The log holds no operation.</exception>
    public OperationState ReadToEnd()
    {
        Read();
        return State ?? throw new OperationNotFoundException(Log.OperationId);
    }

    public void Dispose() => Log.Dispose();

    private void Take(ReadOnlySpan<byte> line, LinePlace place, bool oversized)
    {
        if (unknownVersion is not null) return;
        string? fault = null;
        var entry = Written?.Invoke(line);
        var verdict = entry is null ? EntryCodec.Read(line, oversized, out entry, out fault) : LineVerdict.Entry;
        if (verdict != LineVerdict.Entry)
        {
            LedgerMetrics.Skipped(verdict);
            OnSkipped?.Invoke(new SkippedLine(place, verdict, fault!));
            return;
        }
        if (State is null) Begin(entry!, place);
        else if (entry!.Nonce != State.Nonce) Skip(place, "belongs to another operation of this id");
        else
        {
            var (state, outcome) = fold(State, entry);
            State = state;
            LedgerMetrics.Folded(outcome.Accepted);
            onApplied?.Invoke(new Applied(entry, outcome, state));
        }
    }

    private void Begin(Entry first, LinePlace place)
    {
        if (first.Data is OperationCreated { FoldVersion: not Fold.Version } other)
        {
            unknownVersion = new LedgerVersionException(place.Path, "operation's fold", other.FoldVersion, Fold.Version);
            return;
        }
        State = Fold.Begin(first);
        if (State is null) Skip(place, "stands before the operation's first entry");
        else onApplied?.Invoke(new Applied(first,
            new Outcome { Position = 1, Transitions = [OperationStatus.Running] }, State));
    }

    private void Skip(LinePlace place, string why)
    {
        LedgerMetrics.Skipped(LineVerdict.Bad);
        OnSkipped?.Invoke(new SkippedLine(place, LineVerdict.Bad, why));
    }
}
