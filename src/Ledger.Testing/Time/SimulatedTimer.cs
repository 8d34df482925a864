namespace Ledger.Testing;

/// <summary>A timer on a simulated clock.</summary>
internal sealed class SimulatedTimer(SimulatedClock clock, TimerCallback callback, object? state) : ITimer
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    // Real timers run their callback in the context of whoever created them.
    private readonly ExecutionContext? context = ExecutionContext.Capture();
    private TaskCompletionSource? idle;
    private long period;
    private int running;
    private bool disposed;

    public static IComparer<SimulatedTimer> ByDue { get; } = Comparer<SimulatedTimer>.Create(
        static (one, other) => (one.Due, one.Order).CompareTo((other.Due, other.Order)));

    public SimulatedClock Clock => clock;

    /// <summary>The reading of the clock at which it fires. Changed only while it is not in the clock's set.</summary>
    public long Due { get; private set; }

    /// <summary>Timers of the same moment fire in the order in which they were armed.</summary>
    public long Order { get; private set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        ThrowIfOutOfRange(dueTime, nameof(dueTime));
        ThrowIfOutOfRange(period, nameof(period));
        lock (clock.Time.Sync)
        {
            if (disposed)
                return false;
            clock.Timers.Remove(this);
            this.period = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
            if (dueTime != Timeout.InfiniteTimeSpan)
                Arm(clock.Now + dueTime.Ticks);
            return true;
        }
    }

    /// <summary>Takes it out of the clock's set to be fired, and arms it again if it is periodic: for the next moment
    /// of its rhythm that lies ahead. Guarded by the time's lock.</summary>
    public void Take()
    {
        clock.Timers.Remove(this);
        running++;
        if (period > 0)
            Arm(Due + (((clock.Now - Due) / period) + 1) * period);
    }

    /// <summary>Runs the callback. Called without locks, after <see cref="Take"/>.</summary>
    public void Fire()
    {
        try
        {
            if (context is null)
                callback(state);
            else
                ExecutionContext.Run(context, static timer => ((SimulatedTimer)timer!).InvokeCallback(), this);
        }
        finally
        {
            lock (clock.Time.Sync)
            {
                if (--running == 0)
                    idle?.TrySetResult();
            }
        }
    }

    public void Dispose()
    {
        lock (clock.Time.Sync)
        {
            disposed = true;
            clock.Timers.Remove(this);
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        lock (clock.Time.Sync)
        {
            if (running == 0)
                return ValueTask.CompletedTask;
            idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(idle.Task);
        }
    }

    private void InvokeCallback() => callback(state);

    private void Arm(long due)
    {
        Due = due;
        Order = clock.Time.NextOrder();
        clock.Timers.Add(this);
    }

    private static void ThrowIfOutOfRange(TimeSpan value, string name)
    {
        if (value != Timeout.InfiniteTimeSpan && (value < TimeSpan.Zero || value > LongestDelay))
        {
            throw new ArgumentOutOfRangeException(
                name, value, "A timer waits for at most 4294967294 ms, or infinitely.");
        }
    }
}
