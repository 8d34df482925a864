using Ledger.Log;
using Ledger.Model;

namespace Ledger.Runtime.Replication;

/// <summary>A line that everyone skips.</summary>
internal readonly record struct SkippedLine(LinePlace Place, LineVerdict Verdict, string Why);

/// <summary>Finds the entry of a line that is known already, or null.</summary>
internal delegate TEntry? LineLookup<TEntry>(ReadOnlySpan<byte> line) where TEntry : class;

/// <summary>Reads a log and folds it, whether it is one log or a sequence of segments. Not thread-safe.</summary>
internal abstract class LogFold<TState, TEntry, TData, TOutcome>(
    Machine<TState, TEntry, TData, TOutcome> machine, Action<SkippedLine>? onSkipped) : IDisposable
    where TState : class
    where TEntry : class, ILogEntry
    where TData : class
{
    private Action<Applied<TState, TEntry, TOutcome>>? onApplied;

    public Machine<TState, TEntry, TData, TOutcome> Machine => machine;

    /// <summary>Asked first for the entry of a line: who wrote the very bytes need not parse them.</summary>
    public LineLookup<TEntry>? Written { get; set; }

    /// <summary>The state at the last entry read; null before the first.</summary>
    public TState? State { get; protected set; }

    /// <summary>Told when entries before this state were not delivered: it was read from a header.</summary>
    public Action<TState>? Jumped { get; set; }

    /// <summary>The id of the operation or group.</summary>
    public abstract string Id { get; }

    /// <summary>What the log is of, as messages name it.</summary>
    public abstract string Subject { get; }

    public abstract bool IsArchived { get; }

    /// <summary>What entries that are appended now must bear. Changes only within a read.</summary>
    public abstract string Nonce { get; }

    /// <summary>What is to be proposed along with the next entries, because the log has grown enough.</summary>
    public virtual TData? Due(string incarnation) => null;

    public abstract LedgerException NotFound();

    public abstract AppendResult Append(ReadOnlySpan<byte> record);

    /// <summary>What this incarnation proposed last, as far as a state that was jumped to tells.</summary>
    public virtual long LastSequence(string incarnation, out TOutcome? outcome)
    {
        outcome = default;
        return 0;
    }

    /// <summary>Reads what is new.</summary>
    /// <exception cref="LedgerVersionException">It is of another fold version.</exception>
    /// <exception cref="LedgerStorageException">The log could not be read; nothing was skipped.</exception>
    public LogReadStatus Read(Action<Applied<TState, TEntry, TOutcome>>? applied = null)
    {
        onApplied = applied;
        return ReadNew();
    }

    /// <summary>Reads to the end and returns the state.</summary>
    /// <exception cref="LedgerException">There is nothing of that id.</exception>
    public TState ReadToEnd()
    {
        Read();
        return State ?? throw NotFound();
    }

    public abstract void Dispose();

    protected abstract LogReadStatus ReadNew();

    /// <summary>The entry in a line; null when it is none, which is told.</summary>
    protected TEntry? Decode(ReadOnlySpan<byte> line, LinePlace place, bool oversized)
    {
        if (Written?.Invoke(line) is { } known) return known;
        var verdict = machine.Read(line, oversized, out var entry, out var fault);
        if (verdict == LineVerdict.Entry) return entry;
        LedgerMetrics.Skipped(verdict);
        onSkipped?.Invoke(new SkippedLine(place, verdict, fault!));
        return null;
    }

    /// <summary>Folds one more entry.</summary>
    protected void Fold(TEntry entry)
    {
        State = machine.Apply(State!, entry, out var outcome);
        LedgerMetrics.Folded(machine.IsAccepted(outcome));
        Tell(entry, outcome);
    }

    protected void Tell(TEntry entry, TOutcome outcome) =>
        onApplied?.Invoke(new Applied<TState, TEntry, TOutcome>(entry, outcome, State!));

    protected void Skip(LinePlace place, string why)
    {
        LedgerMetrics.Skipped(LineVerdict.Bad);
        onSkipped?.Invoke(new SkippedLine(place, LineVerdict.Bad, why));
    }
}
