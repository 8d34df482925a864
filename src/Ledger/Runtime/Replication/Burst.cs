namespace Ledger.Runtime.Replication;

/// <summary>Whether this process proposes so much that others need not have it read. Thread-safe; a race can only make it wrong
/// for a moment.</summary>
internal sealed class Burst(Clock clock)
{
    /// <summary>So many proposals within so many milliseconds are a burst.</summary>
    private const int Many = 16;

    private const long WindowMs = 20;

    /// <summary>It is expected to go on for this long behind the last of them: whoever proposes may wait for a processor.</summary>
    private const long ExpectedMs = 50;

    private long beganMs = -WindowMs;
    private long untilMs;
    private int count;

    /// <summary>How many milliseconds longer it is expected to last; 0 when there is none.</summary>
    public long LeftMs => Math.Max(0, Volatile.Read(ref untilMs) - clock.NowMs);

    /// <summary>Something is proposed.</summary>
    public void Note()
    {
        var now = clock.NowMs;
        if (now - Volatile.Read(ref beganMs) >= WindowMs)
        {
            Volatile.Write(ref beganMs, now);
            Volatile.Write(ref count, 0);
        }
        if (Interlocked.Increment(ref count) >= Many) Volatile.Write(ref untilMs, now + ExpectedMs);
    }
}
