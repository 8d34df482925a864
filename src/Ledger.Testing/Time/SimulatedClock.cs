namespace Ledger.Testing;

/// <summary>A monotonic clock and the timers armed on it. Members are guarded by <see cref="SimulatedTime.Sync"/>
/// except <see cref="GetTimestamp"/> and <see cref="CreateTimer"/>, which take it.</summary>
internal sealed class SimulatedClock(SimulatedTime time, long origin)
{
    private long stoodStill;
    private long suspendedAt;

    public SimulatedTime Time => time;

    public SuspendKind? Suspended { get; private set; }

    public SortedSet<SimulatedTimer> Timers { get; } = new(SimulatedTimer.ByDue);

    /// <summary>This clock's reading.</summary>
    public long Now => (Suspended == SuspendKind.Machine ? suspendedAt : time.Elapsed) - stoodStill + origin;

    /// <summary>When, on the simulation's clock, this clock reads the given value if it is not suspended
    /// again.</summary>
    public long ToElapsed(long reading) => reading + stoodStill - origin;

    public void Suspend(SuspendKind kind)
    {
        Suspended = kind;
        suspendedAt = time.Elapsed;
    }

    public void Resume()
    {
        if (Suspended == SuspendKind.Machine)
            stoodStill += time.Elapsed - suspendedAt;
        Suspended = null;
    }

    public long GetTimestamp()
    {
        time.NoteThread();
        lock (time.Sync)
            return Now;
    }

    public SimulatedTimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new SimulatedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
