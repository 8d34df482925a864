using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>Drives a participant by the timers of its clock alone: under a stepped clock everything happens on the thread
/// that advances it, in an order that is the same at every run.</summary>
internal sealed class TimerDriver : IDriver
{
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly Queue<Func<Task>> posted = new();
    private readonly ITimer works;
    private ITimer? beats;
    private ITimer? ticks;
    private ParticipantCore? core;
    private bool ticking;
    private bool wakeAsked;

    public TimerDriver(TimeProvider time, ILogger log)
    {
        this.time = time;
        this.log = log;
        // Outlives the driver: what was asked for before the end is still done, as it is on threads.
        works = time.CreateTimer(_ => Work(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Start(ParticipantCore core)
    {
        this.core = core;
        var interval = TimeSpan.FromMilliseconds(core.Ledger.Manifest.HeartbeatIntervalMs);
        beats = time.CreateTimer(_ => LastResort.Guard(log, "a heartbeat", core.Beat), null, interval, interval);
        ticks = time.CreateTimer(_ => Tick(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public void Wake()
    {
        wakeAsked = true;
        if (!ticking) ticks?.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public long NextDueMs(long nowMs, long periodMs) => nowMs + periodMs;

    /// <summary>Not within the caller: it may be in a critical section.</summary>
    public void Run(Func<Task> work)
    {
        lock (posted) posted.Enqueue(work);
        works.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>One tick, now, and the work it started.</summary>
    public void Tick()
    {
        if (ticking || core is not { } present) return;
        ticking = true;
        wakeAsked = false;
        long delayMs = present.Ledger.Manifest.HeartbeatIntervalMs;
        LastResort.Guard(log, "a tick", () => delayMs = present.Tick());
        ticking = false;
        ticks?.Change(wakeAsked ? TimeSpan.Zero : TimeSpan.FromMilliseconds(delayMs), Timeout.InfiniteTimeSpan);
        Work();
    }

    public void Dispose()
    {
        beats?.Dispose();
        ticks?.Dispose();
        core = null;
    }

    private void Work()
    {
        while (true)
        {
            Func<Task>? next;
            lock (posted)
            {
                if (!posted.TryDequeue(out next)) return;
            }
            _ = LastResort.GuardAsync(log, next);
        }
    }
}
