namespace Ledger.Testing;

/// <summary>The time of one simulated host or process: it moves with the <see cref="SimulatedTime"/> that created it,
/// has a wall clock of its own, and can be suspended. Thread-safe.</summary>
public sealed class SimulatedHostTime : TimeProvider
{
    private readonly SimulatedTime time;
    private readonly SimulatedClock clock;
    private TimeSpan utcSkew;

    internal SimulatedHostTime(SimulatedTime time, SimulatedClock clock, string name, TimeSpan utcSkew)
    {
        this.time = time;
        this.clock = clock;
        this.utcSkew = utcSkew;
        Name = name;
    }

    /// <summary>The host's name.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Timestamps are ticks of 100 ns.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>By how much the wall clock is ahead of that of the <see cref="SimulatedTime"/>.</summary>
    public TimeSpan UtcSkew
    {
        get
        {
            lock (time.Sync)
                return utcSkew;
        }
    }

    /// <summary>True between <see cref="Suspend"/> and <see cref="Resume"/>.</summary>
    public bool IsSuspended
    {
        get
        {
            lock (time.Sync)
                return clock.Suspended is not null;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + UtcSkew;

    /// <inheritdoc/>
    public override long GetTimestamp() => clock.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);

    /// <summary>Steps this host's wall clock only, forward or back. Timestamps and timers do not notice.</summary>
    public void ShiftUtc(TimeSpan by)
    {
        lock (time.Sync)
            utcSkew += by;
    }

    /// <summary>From now on no timer of this host fires. Code that is running already is not stopped.</summary>
    /// <exception cref="InvalidOperationException">It is suspended already.</exception>
    public void Suspend(SuspendKind kind)
    {
        lock (time.Sync)
        {
            if (clock.Suspended is not null)
                throw new InvalidOperationException($"The host '{Name}' is suspended already.");
            clock.Suspend(kind);
        }
    }

    /// <summary>Ends the suspension. Overdue timers fire on the calling thread before this returns; when called by the
    /// callback of a timer, right after that callback.</summary>
    /// <exception cref="InvalidOperationException">It is not suspended.</exception>
    public void Resume()
    {
        lock (time.Sync)
        {
            if (clock.Suspended is null)
                throw new InvalidOperationException($"The host '{Name}' is not suspended.");
            clock.Resume();
        }

        time.RunOverdue();
    }
}
