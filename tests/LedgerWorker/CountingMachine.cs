using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Ledger.Log;
using Ledger.Model;
using Ledger.Runtime.Replication;

namespace Ledger.Worker;

/// <summary>What became of an entry.</summary>
internal sealed record CountOutcome(long Position, string? Rejection);

/// <summary>What one writer, over all its incarnations, got in.</summary>
internal readonly record struct Written(long Last, long Count);

/// <summary>What an incarnation proposed last.</summary>
internal readonly record struct LastEntry(long Sequence, long Position, string? Rejection);

/// <summary>All that was counted.</summary>
internal sealed record Counted
{
    public long Position { get; init; }

    public bool Sealed { get; init; }

    public long Seals { get; init; }

    /// <summary>Numbers that did not follow the writer's number before: one too high, or one again.</summary>
    public long Missing { get; init; }

    public long Doubled { get; init; }

    /// <summary>Depends on every accepted entry and its place.</summary>
    public long Order { get; init; }

    public ImmutableSortedDictionary<string, Written> Writers { get; init; } =
        ImmutableSortedDictionary.Create<string, Written>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, LastEntry> Incarnations { get; init; } =
        ImmutableSortedDictionary.Create<string, LastEntry>(StringComparer.Ordinal);
}

/// <summary>The least that a long log can be about: each writer proposes 1, 2, 3 and so on, and the state tells whether each
/// number came once. An abort's reason is the number, a completion is the seal.</summary>
internal sealed class CountingMachine : SegmentMachine<Counted, Entry, EntryData, CountOutcome>
{
    public static CountingMachine Instance { get; } = new();

    public override int FoldVersion => 1;

    public static EntryData Number(long n) => new AbortRequested(n.ToString(CultureInfo.InvariantCulture));

    public override Entry Make(
        string nonce, long sequence, string participantId, string incarnation, string timestamp, EntryData data) =>
        new(nonce, sequence, participantId, incarnation, timestamp, data);

    public override Entry Under(string nonce, Entry entry) => entry with { Nonce = nonce };

    public override void Write(ArrayBufferWriter<byte> record, Entry entry) => EntryCodec.Write(record, entry);

    public override LineVerdict Read(ReadOnlySpan<byte> line, bool oversized, out Entry? entry, out string? fault) =>
        EntryCodec.Read(line, oversized, out entry, out fault);

    public override bool IsAccepted(CountOutcome outcome) => outcome.Rejection is null;

    public override long Position(Counted state) => state.Position;

    public override bool IsSealed(Counted state) => state.Sealed;

    public override EntryData? Seal(Counted state, string incarnation) => new CompleteRequested();

    public override long LastSequence(Counted state, string incarnation, out CountOutcome? outcome)
    {
        var last = state.Incarnations.GetValueOrDefault(incarnation);
        outcome = last.Sequence == 0 ? null : new CountOutcome(last.Position, last.Rejection);
        return last.Sequence;
    }

    public override Counted Apply(Counted state, Entry entry, out CountOutcome outcome)
    {
        var position = state.Position + 1;
        state = state with { Position = position };
        if (entry.Sequence <= state.Incarnations.GetValueOrDefault(entry.Incarnation).Sequence)
        {
            outcome = new CountOutcome(position, "duplicate");
            return state;
        }
        outcome = new CountOutcome(position, null);
        state = state with
        {
            Incarnations = state.Incarnations.SetItem(entry.Incarnation, new LastEntry(entry.Sequence, position, null)),
            Order = unchecked((state.Order * 1_000_003) + position + (entry.Sequence * 31) + entry.Incarnation[0]),
        };
        if (entry.Data is CompleteRequested) return state with { Sealed = true, Seals = state.Seals + 1 };
        var number = long.Parse(((AbortRequested)entry.Data).Reason!, CultureInfo.InvariantCulture);
        var written = state.Writers.GetValueOrDefault(entry.ParticipantId);
        return state with
        {
            Writers = state.Writers.SetItem(entry.ParticipantId, new Written(number, written.Count + 1)),
            Missing = state.Missing + (number > written.Last + 1 ? 1 : 0),
            Doubled = state.Doubled + (number <= written.Last ? 1 : 0),
        };
    }

    public override IReadOnlyList<byte[]> WriteHeader(Counted s) =>
    [
        Line(s.Position, s.Seals, s.Missing, s.Doubled, s.Order),
        .. s.Writers.Select(w => Line("writer", w.Key, w.Value.Last, w.Value.Count)),
        .. s.Incarnations.Select(i => Line("incarnation", i.Key, i.Value.Sequence, i.Value.Position, i.Value.Rejection ?? "")),
    ];

    public override Counted ReadHeader(IReadOnlyList<byte[]> lines)
    {
        var words = lines.Select(line => Encoding.UTF8.GetString(line).Split(' ')).ToList();
        var counts = words[0].Select(Parse).ToList();
        return new Counted
        {
            Position = counts[0],
            Seals = counts[1],
            Missing = counts[2],
            Doubled = counts[3],
            Order = counts[4],
            Writers = words.Where(w => w[0] == "writer").ToImmutableSortedDictionary(
                w => w[1], w => new Written(Parse(w[2]), Parse(w[3])), StringComparer.Ordinal),
            Incarnations = words.Where(w => w[0] == "incarnation").ToImmutableSortedDictionary(
                w => w[1], w => new LastEntry(Parse(w[2]), Parse(w[3]), w[4].Length == 0 ? null : w[4]), StringComparer.Ordinal),
        };
    }

    private static long Parse(string word) => long.Parse(word, CultureInfo.InvariantCulture);

    private static byte[] Line(params object[] words) =>
        Encoding.UTF8.GetBytes(string.Join(' ', words.Select(w => Convert.ToString(w, CultureInfo.InvariantCulture))));
}
