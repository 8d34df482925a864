using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>Three threads: one beats and does nothing else, so that nothing else can make a healthy process look dead; one
/// ticks, woken by events; one notices when a beat hangs in file I/O. All loops survive whatever a round throws.</summary>
/// <remarks>They wait on the system's events, which block at once: the slim ones, and the thread pool behind a timer, spin
/// before they block, which is a third of what an idle participant costs.</remarks>
internal sealed class ThreadDriver(ILogger log) : IDriver
{
#pragma warning disable CA5394 // when a process ticks needs no secrecy
    private static readonly long Phase = Random.Shared.Next(60_000);
#pragma warning restore CA5394

    private readonly ManualResetEvent stopped = new(false);
    private readonly AutoResetEvent wake = new(false);
    private int wakeAsked;
    private Thread? beats;
    private Thread? ticks;

    public void Start(ParticipantCore core)
    {
        beats = new Thread(() => BeatLoop(core)) { IsBackground = true, Name = "ledger heartbeat", Priority = ThreadPriority.AboveNormal };
        ticks = new Thread(() => TickLoop(core)) { IsBackground = true, Name = "ledger tick" };
        beats.Start();
        ticks.Start();
        new Thread(() => IsolationLoop(core)) { IsBackground = true, Name = "ledger isolated" }.Start();
    }

    public void Wake()
    {
        if (Interlocked.Exchange(ref wakeAsked, 1) == 0) wake.Set();
    }

    /// <summary>The participants of one process tick together, one behind the other: what each finds in the processor's caches
    /// then is worth more than half of what a tick costs. Those of different processes do not.</summary>
    public long NextDueMs(long nowMs, long periodMs) => nowMs + periodMs - ((nowMs + Phase) % periodMs);

    public void Run(Func<Task> work) => _ = Task.Run(() => LastResort.GuardAsync(log, work));

    public void Dispose()
    {
        stopped.Set();
        Wake();
        // A tick that hangs in file I/O cannot be interrupted; as a background thread it holds nobody up.
        ticks?.Join(TimeSpan.FromSeconds(2));
        beats?.Join(TimeSpan.FromSeconds(2));
    }

    private void BeatLoop(ParticipantCore core)
    {
        var intervalMs = core.Ledger.Manifest.HeartbeatIntervalMs;
        do LastResort.Guard(log, "a heartbeat", core.Beat);
        while (!stopped.WaitOne((int)Jittered(intervalMs)));
    }

    private void TickLoop(ParticipantCore core)
    {
        while (!stopped.WaitOne(0))
        {
            long delayMs = core.Ledger.Manifest.HeartbeatIntervalMs;
            LastResort.Guard(log, "a tick", () => delayMs = core.Tick());
            wake.WaitOne((int)Math.Clamp(delayMs, 1, 60_000));
            Interlocked.Exchange(ref wakeAsked, 0);
        }
    }

    private void IsolationLoop(ParticipantCore core)
    {
        // Not before a threshold after the last beat is there anything to notice.
        var manifest = core.Ledger.Manifest;
        while (!stopped.WaitOne((int)Math.Max(manifest.StalenessThresholdMs - core.Heartbeat.SilentForMs, manifest.HeartbeatIntervalMs)))
            LastResort.Guard(log, "a look at the own heartbeat", core.NoticeIsolation);
    }

#pragma warning disable CA5394 // jitter needs no secrecy
    private static long Jittered(long intervalMs) =>
        (long)(intervalMs * (0.9 + (0.2 * Random.Shared.NextDouble())));
#pragma warning restore CA5394
}
