using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;
using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>This process's sign of life: one record, whatever the number of its operations. <see cref="Beat"/> is the
/// only writer, on one thread; the loop around it may not fail.</summary>
internal sealed class Heartbeat : IDisposable
{
    private readonly LedgerContext ledger;
    private readonly HeartbeatRecord record;
    private readonly string path;
    private readonly Lock gate = new();
    private IRecordFile? file;
    private long lastSuccessMs;
    private long healthySinceMs;
    private bool failing;
    private bool paused;
    private long toleranceMs;

    public Heartbeat(LedgerContext ledger, string participantId, string incarnation)
    {
        this.ledger = ledger;
        path = ledger.Layout.Heartbeat(participantId, incarnation);
        record = new HeartbeatRecord(participantId, incarnation, ledger.Process, ledger.Manifest.HeartbeatIntervalMs);
        toleranceMs = (long)ledger.Options.PauseTolerance.TotalMilliseconds;
        lastSuccessMs = healthySinceMs = ledger.Clock.NowMs;
    }

    /// <summary>Since when every beat succeeded, on this process's clock; far in the future while they fail, so that no
    /// window counts.</summary>
    public long HealthySinceMs
    {
        get
        {
            lock (gate) return failing ? long.MaxValue / 2 : healthySinceMs;
        }
    }

    /// <summary>How long ago the last beat succeeded, in milliseconds. Never waits for one that hangs in a frozen
    /// drive.</summary>
    public long SilentForMs => ledger.Clock.NowMs - Volatile.Read(ref lastSuccessMs);

    /// <summary>Announces a pause of this process, such as a job-control stop, and beats at once.</summary>
    public void Announce(bool pause, TimeSpan tolerance)
    {
        lock (gate)
        {
            paused = pause;
            toleranceMs = (long)tolerance.TotalMilliseconds;
        }
        Beat();
    }

    /// <summary>Writes the record once. Never throws: a full or lost disk is tried again at the next beat.</summary>
    public bool Beat()
    {
        lock (gate)
        {
            try
            {
                WriteOnce();
                // One that hung for as long as others wait is no better than one that failed.
                if (failing || SilentForMs >= ledger.Manifest.StalenessThresholdMs)
                {
                    failing = false;
                    healthySinceMs = ledger.Clock.NowMs;
                    Messages.BeatsAgain(ledger.Log, path);
                }
                Volatile.Write(ref lastSuccessMs, ledger.Clock.NowMs);
                return true;
            }
            catch (LedgerStorageException e)
            {
                LedgerMetrics.BeatFailed();
                if (!failing) Messages.BeatFailed(ledger.Log, path, e.Message);
                failing = true;
                file?.Dispose();
                file = null;
                return false;
            }
        }
    }

    /// <summary>The first beat: the record exists before the participant's first entry.</summary>
    /// <exception cref="LedgerStorageException">It cannot be written.</exception>
    public void Begin()
    {
        lock (gate)
        {
            WriteOnce();
            healthySinceMs = ledger.Clock.NowMs;
            Volatile.Write(ref lastSuccessMs, healthySinceMs);
        }
    }

    /// <summary>Ends it in good order: the record goes, and with it the question who this was.</summary>
    public void End()
    {
        lock (gate)
        {
            file?.Dispose();
            file = null;
            try
            {
                ledger.Disk.Delete(path);
            }
            catch (LedgerStorageException e)
            {
                Messages.LeftoverStays(ledger.Log, path, e.Message);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            file?.Dispose();
            file = null;
        }
    }

    private void WriteOnce()
    {
        var content = record.Next(ledger.Clock.Provider.GetUtcNow(), paused, toleranceMs);
        file ??= Open(content);
        if (file.TryWrite(content)) return;
        // Somebody swept the record although this process lives: it is made anew.
        file.Dispose();
        file = Open(content);
        if (!file.TryWrite(content)) throw new LedgerStorageException(path, "The heartbeat record is taken away at once");
    }

    private IRecordFile Open(ReadOnlySpan<byte> content)
    {
        ledger.RequireManifest();
        if (ledger.Disk.Look(path) is null) ledger.Disk.TryPublish(path, content, flush: false);
        return ledger.Disk.OpenRecord(path, HeartbeatRecord.Size);
    }
}
