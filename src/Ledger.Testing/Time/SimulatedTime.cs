namespace Ledger.Testing;

/// <summary>Time that stands still until a test moves it. Timers run synchronously on the thread that moves it, in due
/// order, each at its own moment; so <c>Task.Delay</c>, <c>CancellationTokenSource</c> and <c>PeriodicTimer</c> given
/// this provider do too. A timer that is due at once fires at the next <see cref="Advance"/> (zero is enough), never
/// within the call that armed it. Thread-safe.</summary>
public sealed class SimulatedTime : TimeProvider
{
    private const int CallbacksPerMoment = 100_000;

    private readonly Lock advancing = new();
    private readonly List<SimulatedClock> clocks = [];
    private readonly SimulatedClock own;
    private long utcTicks;
    private int callbacksAtThisMoment;
    private long lastOrder;

    private readonly Random? lots;
    private int? onlyThread;

    /// <summary>Starts at the given wall clock time (default: 2000-01-01T00:00:00Z), timestamp 0.</summary>
    /// <param name="start">The wall clock time.</param>
    /// <param name="seed">Draws lots among timers of the same moment, the same at every run with the same seed (default: they
    /// fire in the order in which they were armed).</param>
    public SimulatedTime(DateTimeOffset? start = null, int? seed = null)
    {
#pragma warning disable CA5394 // the same lots at every run are the point
        if (seed is { } s) lots = new Random(s);
#pragma warning restore CA5394
        utcTicks = (start ?? new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)).UtcTicks;
        own = new SimulatedClock(this, origin: 0);
        clocks.Add(own);
    }

    /// <summary>UTC, whatever the machine that runs the test is set to.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Timestamps are ticks of 100 ns.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How long until the next timer of a clock that is not suspended; zero if one is overdue, null if there
    /// is none.</summary>
    public TimeSpan? UntilNextTimer
    {
        get
        {
            lock (Sync)
            {
                return NextTimer() is { } next
                    ? TimeSpan.FromTicks(Math.Max(0, next.Clock.ToElapsed(next.Due) - Elapsed))
                    : null;
            }
        }
    }

    internal Lock Sync { get; } = new();

    /// <summary>Where another thread first asked for the time, or armed a timer, after <see cref="KeepToThisThread"/>; else
    /// null.</summary>
    internal string? Strayed { get; private set; }

    /// <summary>Ticks advanced since the start. Guarded by <see cref="Sync"/>.</summary>
    internal long Elapsed { get; private set; }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        NoteThread();
        lock (Sync)
            return new DateTimeOffset(utcTicks + Elapsed, TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => own.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        own.CreateTimer(callback, state, dueTime, period);

    /// <summary>Moves time forward and runs every timer that becomes due on the way, also those armed on the way. What
    /// a callback throws comes out here; time then stands at that timer's moment, and the remaining timers are still
    /// armed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time span is negative.</exception>
    /// <exception cref="InvalidOperationException">Called by a timer's callback; or 100,000 callbacks ran without time
    /// moving on (a timer that arms itself with no delay).</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        if (advancing.IsHeldByCurrentThread)
            throw new InvalidOperationException("Time cannot be advanced by the callback of a timer.");
        lock (advancing)
            RunUntil(ElapsedNow() + by.Ticks);
    }

    /// <summary>Steps the wall clock of this provider and of all hosts, forward or back. Timestamps and timers do not
    /// notice.</summary>
    public void ShiftUtc(TimeSpan by)
    {
        lock (Sync)
            utcTicks += by.Ticks;
    }

    /// <summary>Creates the clock of one simulated host or process. Its timestamps begin at a number of their own, as
    /// those of machines do that were started at different times.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="utcSkew">By how much its wall clock is ahead of this one's (default: not at all).</param>
    public SimulatedHostTime CreateHost(string name, TimeSpan utcSkew = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        lock (Sync)
        {
            var clock = new SimulatedClock(this, origin: TimeSpan.FromHours(7L * clocks.Count).Ticks);
            clocks.Add(clock);
            return new SimulatedHostTime(this, clock, name, utcSkew);
        }
    }

    /// <summary>Numbers timers as they are armed. Guarded by <see cref="Sync"/>.</summary>
    internal long NextOrder()
    {
        NoteThread();
#pragma warning disable CA5394 // see above
        return ++lastOrder + (lots is null ? 0 : (long)lots.Next() << 32);
#pragma warning restore CA5394
    }

    /// <summary>From now on everything is to happen on the calling thread; whatever does not is noted.</summary>
    internal void KeepToThisThread() => onlyThread = Environment.CurrentManagedThreadId;

    internal void NoteThread()
    {
        if (onlyThread is { } only && only != Environment.CurrentManagedThreadId) Strayed ??= Environment.StackTrace;
    }

    /// <summary>Fires what is overdue, or leaves it to the advance this thread is in.</summary>
    internal void RunOverdue()
    {
        if (advancing.IsHeldByCurrentThread)
            return;
        lock (advancing)
            RunUntil(ElapsedNow());
    }

    /// <summary>Runs an action as if time moved meanwhile: timers that become due wait until it is done.</summary>
    internal void Hold(Action action)
    {
        lock (advancing)
        {
            action();
            RunUntil(ElapsedNow());
        }
    }

    /// <summary>Moves time forward in the middle of whatever this thread does, a timer's callback or <see cref="Hold"/>.</summary>
    internal void AdvanceWithin(TimeSpan by)
    {
        if (!advancing.IsHeldByCurrentThread) throw new InvalidOperationException("Nothing is under way.");
        RunUntil(ElapsedNow() + by.Ticks);
    }

    private long ElapsedNow()
    {
        lock (Sync)
            return Elapsed;
    }

    private void RunUntil(long target)
    {
        callbacksAtThisMoment = 0;
        while (TakeNext(target) is { } timer)
            timer.Fire();
    }

    private SimulatedTimer? TakeNext(long target)
    {
        lock (Sync)
        {
            var next = NextTimer();
            var due = next?.Clock.ToElapsed(next.Due) ?? long.MaxValue;
            if (next is null || due > target)
            {
                Elapsed = Math.Max(Elapsed, target);
                return null;
            }

            if (due > Elapsed)
                (Elapsed, callbacksAtThisMoment) = (due, 0);
            if (++callbacksAtThisMoment > CallbacksPerMoment)
            {
                throw new InvalidOperationException(
                    $"{CallbacksPerMoment} timer callbacks ran without time moving on.");
            }

            next.Take();
            return next;
        }
    }

    private SimulatedTimer? NextTimer()
    {
        SimulatedTimer? next = null;
        foreach (var clock in clocks)
        {
            if (clock.Suspended is not null || clock.Timers.Min is not { } candidate)
                continue;
            if (next is null || IsBefore(candidate, next))
                next = candidate;
        }

        return next;
    }

    private static bool IsBefore(SimulatedTimer one, SimulatedTimer other) =>
        (one.Clock.ToElapsed(one.Due), one.Order).CompareTo((other.Clock.ToElapsed(other.Due), other.Order)) < 0;
}
