using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>Two threads: one beats and does nothing else, so that nothing else can make a healthy process look dead; one
/// ticks, woken by events. Both loops survive whatever a round throws. A timer notices when a beat hangs in file
/// I/O.</summary>
internal sealed class ThreadDriver(ILogger log) : IDriver
{
    private readonly ManualResetEventSlim stopped = new(false);
    private readonly SemaphoreSlim wake = new(0);
    private int wakeAsked;
    private Thread? beats;
    private Thread? ticks;
    private ITimer? isolation;

    public void Start(ParticipantCore core)
    {
        beats = new Thread(() => BeatLoop(core)) { IsBackground = true, Name = "ledger heartbeat", Priority = ThreadPriority.AboveNormal };
        ticks = new Thread(() => TickLoop(core)) { IsBackground = true, Name = "ledger tick" };
        beats.Start();
        ticks.Start();
        var period = TimeSpan.FromMilliseconds(core.Ledger.Manifest.HeartbeatIntervalMs);
        isolation = TimeProvider.System.CreateTimer(
            _ => LastResort.Guard(log, "a look at the own heartbeat", core.NoticeIsolation), null, period, period);
    }

    public void Wake()
    {
        if (Interlocked.Exchange(ref wakeAsked, 1) == 0) wake.Release();
    }

    public void Run(Func<Task> work) => _ = Task.Run(() => LastResort.GuardAsync(log, work));

    public void Dispose()
    {
        stopped.Set();
        isolation?.Dispose();
        Wake();
        // A tick that hangs in file I/O cannot be interrupted; as a background thread it holds nobody up.
        ticks?.Join(TimeSpan.FromSeconds(2));
        beats?.Join(TimeSpan.FromSeconds(2));
    }

    private void BeatLoop(ParticipantCore core)
    {
        var intervalMs = core.Ledger.Manifest.HeartbeatIntervalMs;
        do LastResort.Guard(log, "a heartbeat", core.Beat);
        while (!stopped.Wait((int)Jittered(intervalMs)));
    }

    private void TickLoop(ParticipantCore core)
    {
        while (!stopped.IsSet)
        {
            long delayMs = core.Ledger.Manifest.HeartbeatIntervalMs;
            LastResort.Guard(log, "a tick", () => delayMs = core.Tick());
            wake.Wait((int)Math.Clamp(delayMs, 1, 60_000));
            Interlocked.Exchange(ref wakeAsked, 0);
        }
    }

#pragma warning disable CA5394 // jitter needs no secrecy
    private static long Jittered(long intervalMs) =>
        (long)(intervalMs * (0.9 + (0.2 * Random.Shared.NextDouble())));
#pragma warning restore CA5394
}
