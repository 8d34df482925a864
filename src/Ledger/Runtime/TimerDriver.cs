namespace Ledger.Runtime;

/// <summary>Drives a participant by the timers of its clock alone: under a stepped clock everything happens on the thread
/// that advances it, in an order that is the same at every run.</summary>
internal sealed class TimerDriver(TimeProvider time) : IDriver
{
    private ITimer? beats;
    private ITimer? ticks;
    private ParticipantCore? core;
    private bool ticking;
    private bool wakeAsked;

    public void Start(ParticipantCore core)
    {
        this.core = core;
        var interval = TimeSpan.FromMilliseconds(core.Ledger.Manifest.HeartbeatIntervalMs);
        beats = time.CreateTimer(_ => core.Beat(), null, interval, interval);
        ticks = time.CreateTimer(_ => Tick(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public void Wake()
    {
        wakeAsked = true;
        if (!ticking) ticks?.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public void Run(Func<Task> work) => _ = work();

    /// <summary>One tick, now.</summary>
    public void Tick()
    {
        if (ticking || core is null) return;
        ticking = true;
        wakeAsked = false;
        var delay = TimeSpan.FromMilliseconds(core.Tick());
        ticking = false;
        ticks?.Change(wakeAsked ? TimeSpan.Zero : delay, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        beats?.Dispose();
        ticks?.Dispose();
        core = null;
    }
}
