namespace Ledger.Runtime.Replication;

/// <summary>Whether this process proposes so much that others need not have it read. Thread-safe; a race can only make it wrong
/// for a moment.</summary>
internal sealed class Burst(Clock clock)
{
    /// <summary>Proposals that follow each other more closely than this are a burst.</summary>
    private const long CloseMs = 2;

    /// <summary>It is expected to go on for this long behind its last proposal, which may wait for a processor.</summary>
    private const long ExpectedMs = 10;

    private long lastMs = -CloseMs;
    private long untilMs;

    /// <summary>How many milliseconds longer it is expected to last; 0 when there is none.</summary>
    public long LeftMs => Math.Max(0, Volatile.Read(ref untilMs) - clock.NowMs);

    /// <summary>Something is proposed.</summary>
    public void Note()
    {
        var now = clock.NowMs;
        if (now - Interlocked.Exchange(ref lastMs, now) < CloseMs) Volatile.Write(ref untilMs, now + ExpectedMs);
    }
}
