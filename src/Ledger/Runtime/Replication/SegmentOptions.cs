namespace Ledger.Runtime.Replication;

/// <summary>When a segment is long enough to be sealed. Anybody's measure serves: a seal is an entry.</summary>
/// <param name="Entries">Lines behind the header.</param>
/// <param name="Bytes">Their bytes.</param>
internal sealed record SegmentOptions(long Entries, long Bytes)
{
    /// <summary>Of an append log: read through in some 50 ms.</summary>
    public static SegmentOptions Append { get; } = new(10_000, 4 * 1024 * 1024);

    /// <summary>Of a chain, where every record is a file.</summary>
    public static SegmentOptions Chain { get; } = new(1_000, 4 * 1024 * 1024);

    /// <summary>Whether this process creates the segment that follows a sealed one. Who only reads waits for others.</summary>
    public bool Creates { get; init; } = true;

    /// <summary>Whether it is read from the oldest segment that is kept, not from the newest one's header.</summary>
    public bool FromOldest { get; init; }
}
