using System.Globalization;

namespace Ledger.Testing.Simulation;

/// <summary>How many faults of each kind there were. Immutable; equal to another one with the same counts.</summary>
public sealed class FaultCounts : IEquatable<FaultCounts>
{
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);

    internal FaultCounts(IEnumerable<KeyValuePair<string, long>> counts)
    {
        foreach (var (kind, count) in counts) this.counts[kind] = this.counts.GetValueOrDefault(kind) + count;
    }

    /// <summary>No fault.</summary>
    public static FaultCounts None { get; } = new([]);

    /// <summary>Of all kinds together.</summary>
    public long Total => counts.Values.Sum();

    /// <summary>By kind, in ordinal order.</summary>
    public IReadOnlyDictionary<string, long> ByKind => counts;

    /// <summary>Both together.</summary>
    public FaultCounts Add(FaultCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(counts.Concat(other.counts));
    }

    /// <inheritdoc/>
    public bool Equals(FaultCounts? other) => other is not null && counts.SequenceEqual(other.counts);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FaultCounts);

    /// <inheritdoc/>
    public override int GetHashCode() => Total.GetHashCode();

    /// <summary>As in <c>kill 3, stop 2</c>.</summary>
    public override string ToString() =>
        string.Join(", ", counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:n0}")));
}
