using System.Buffers;
using Ledger.Log;
using Ledger.Model;

namespace Ledger.Runtime.Replication;

/// <summary>An entry, what it did, and the state after it.</summary>
internal readonly record struct Applied<TState, TEntry, TOutcome>(TEntry Entry, TOutcome Outcome, TState State);

/// <summary>What the entries of a kind of log mean and how they are spelled: all that reading and proposing need to know of
/// them. Has no state of its own; thread-safe.</summary>
/// <typeparam name="TState">What the entries are folded into; immutable.</typeparam>
/// <typeparam name="TEntry">An entry.</typeparam>
/// <typeparam name="TData">What an entry proposes.</typeparam>
/// <typeparam name="TOutcome">What an entry did.</typeparam>
internal abstract class Machine<TState, TEntry, TData, TOutcome>
    where TState : class
    where TEntry : class, ILogEntry
{
    /// <summary>Makes an entry.</summary>
    public abstract TEntry Make(
        string nonce, long sequence, string participantId, string incarnation, string timestamp, TData data);

    /// <summary>The same entry for a log of another nonce.</summary>
    public abstract TEntry Under(string nonce, TEntry entry);

    /// <summary>Appends the entry's line to a record. The record's first byte is a newline.</summary>
    /// <exception cref="LedgerException">The line would be over the limit; nothing was appended.</exception>
    public abstract void Write(ArrayBufferWriter<byte> record, TEntry entry);

    /// <summary>Reads a line. <paramref name="fault"/> says why it is no entry.</summary>
    public abstract LineVerdict Read(ReadOnlySpan<byte> line, bool oversized, out TEntry? entry, out string? fault);

    /// <summary>The state after one more entry, and what the entry did.</summary>
    public abstract TState Apply(TState state, TEntry entry, out TOutcome outcome);

    /// <summary>Whether an entry took effect.</summary>
    public abstract bool IsAccepted(TOutcome outcome);
}

/// <summary>A machine whose log is a sequence of segments.</summary>
internal abstract class SegmentMachine<TState, TEntry, TData, TOutcome> : Machine<TState, TEntry, TData, TOutcome>
    where TState : class
    where TEntry : class, ILogEntry
    where TData : class
{
    /// <summary>The version of the rules. Segments of other versions are refused.</summary>
    public abstract int FoldVersion { get; }

    /// <summary>The state as lines of a segment's header; equal for everyone who folded the same entries. That a segment
    /// was sealed is not part of it.</summary>
    public abstract IReadOnlyList<byte[]> WriteHeader(TState state);

    /// <summary>The state from those lines.</summary>
    /// <exception cref="FormatException">They are none.</exception>
    public abstract TState ReadHeader(IReadOnlyList<byte[]> lines);

    /// <summary>Entries folded, from the group's beginning on.</summary>
    public abstract long Position(TState state);

    /// <summary>Whether the latest entry sealed its segment: what follows in it is void.</summary>
    public abstract bool IsSealed(TState state);

    /// <summary>What this incarnation seals a segment with; null when it may not.</summary>
    public abstract TData? Seal(TState state, string incarnation);

    /// <summary>The incarnation's latest entry and what became of it, as the state remembers it: 0 when there is none.</summary>
    public abstract long LastSequence(TState state, string incarnation, out TOutcome? outcome);
}
