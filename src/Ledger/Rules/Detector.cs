using Ledger.Model;

namespace Ledger.Rules;

/// <summary>What one look at a record brought.</summary>
internal enum LookResult
{
    /// <summary>The record was read.</summary>
    Seen,

    /// <summary>The system said that there is none.</summary>
    Absent,

    /// <summary>The look failed: nothing is known.</summary>
    Failed,
}

/// <summary>One look.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="Fingerprint">Of the record's bytes; only whether it changes matters.</param>
/// <param name="ToleranceMs">How long the participant announced it may be silent beyond the threshold.</param>
/// <param name="Paused">It announced that it is stopped on purpose.</param>
internal readonly record struct Look(LookResult Result, ulong Fingerprint = 0, long ToleranceMs = 0, bool Paused = false);

/// <summary>What an observer remembers of one record. All times are the observer's own monotonic clock, in
/// milliseconds: two machines' clocks are never compared.</summary>
internal sealed record Track
{
    public static Track Empty { get; } = new();

    /// <summary>When the bytes last changed before the observer's eyes; null before the first successful look.</summary>
    public long? ChangedAt { get; init; }

    /// <summary>The record was there at least once.</summary>
    public bool WasSeen { get; init; }

    /// <summary>The bytes changed before the observer's eyes: a sign of life, which the first look is not.</summary>
    public bool ChangeSeen { get; init; }

    public ulong Fingerprint { get; init; }

    public long ToleranceMs { get; init; }

    public bool Paused { get; init; }

    public bool LastFailed { get; init; }

    /// <summary>Consecutive successful looks that found the record stale. One alone may be the observer's own hiccup.</summary>
    public int StaleLooks { get; init; }
}

/// <summary>Failure detection by change, as pure functions. Suspects the observer first: what it missed by being late
/// itself, or while its own beats failed, is no evidence against others.</summary>
internal static class Detector
{
    /// <summary>Looks in a row that must find a record stale before it is evidence.</summary>
    public const int LooksNeeded = 2;

    /// <summary>The memory after one more look.</summary>
    /// <param name="track">The memory before.</param>
    /// <param name="look">What was seen.</param>
    /// <param name="nowMs">The observer's clock.</param>
    /// <param name="latenessMs">By how much the observer's own tick was late: the window grows by it.</param>
    /// <param name="healthySinceMs">Since when all of the observer's own beats succeeded.</param>
    /// <param name="thresholdMs">The staleness threshold.</param>
    public static Track Observe(
        Track track, Look look, long nowMs, long latenessMs, long healthySinceMs, long thresholdMs)
    {
        var since = track.ChangedAt + latenessMs;
        if (look.Result == LookResult.Failed) return track with { ChangedAt = since, LastFailed = true };
        // A record that vanishes is no sign of life; one that comes, or comes back with other bytes, is.
        var changed = look.Result == LookResult.Seen && (look.Fingerprint != track.Fingerprint || !track.WasSeen);
        if (since is null || changed)
        {
            return new Track
            {
                ChangedAt = nowMs,
                WasSeen = look.Result == LookResult.Seen,
                ChangeSeen = since is not null,
                Fingerprint = look.Fingerprint,
                ToleranceMs = look.ToleranceMs,
                Paused = look.Paused,
            };
        }
        var begin = Math.Max(Math.Min(since.Value, nowMs), healthySinceMs);
        var stale = nowMs - begin - thresholdMs >= track.ToleranceMs;
        return track with
        {
            ChangedAt = Math.Min(since.Value, nowMs),
            LastFailed = false,
            StaleLooks = stale ? track.StaleLooks + 1 : 0,
        };
    }

    /// <summary>The verdict on one incarnation from its record and the kernel's word.</summary>
    /// <param name="track">What is remembered of its record.</param>
    /// <param name="exited">The kernel says that its process is gone.</param>
    /// <param name="runs">The kernel says that its process exists. It may hang all the same.</param>
    /// <param name="nowMs">The observer's clock.</param>
    /// <param name="thresholdMs">The staleness threshold.</param>
    public static Judgement Judge(Track track, bool exited, bool runs, long nowMs, long thresholdMs)
    {
        var silent = track.ChangedAt is { } at ? Math.Max(0, nowMs - at) : (long?)null;
        if (exited)
            return new Judgement(Grade.Dead, "its process is gone", silent, EvidenceType.ProcessExited);
        if (track.LastFailed) return new Judgement(Grade.Unknown, "its heartbeat could not be read", silent);
        if (silent is not { } ms) return Judgement.Unseen;
        if (track.StaleLooks >= LooksNeeded)
            return new Judgement(Grade.Dead, $"no heartbeat for {ms} ms", ms, EvidenceType.HeartbeatStale);
        if (track.Paused) return new Judgement(Grade.Suspect, "paused by its own announcement", ms);
        if (ms * 2 >= thresholdMs) return new Judgement(Grade.Suspect, $"no heartbeat for {ms} ms", ms);
        if (track.ChangeSeen) return new Judgement(Grade.Alive, "its heartbeat is fresh", ms);
        return runs
            ? new Judgement(Grade.Alive, "its process runs", ms)
            : new Judgement(Grade.Unknown, "its heartbeat was not seen to change yet", ms);
    }
}
