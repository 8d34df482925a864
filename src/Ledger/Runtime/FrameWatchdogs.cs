using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Runtime;

/// <summary>Looks at the progress files of an operation's watched frames, a bounded number of them.</summary>
internal sealed class FrameWatchdogs(LedgerContext ledger, Heartbeat own)
{
    /// <summary>Watched frames of one operation that are looked at; later ones wait until earlier ones left.</summary>
    public const int Most = 64;

    private readonly Dictionary<long, Track> tracks = [];
    private volatile bool any;

    /// <summary>True while there are frames to look at.</summary>
    public bool AreWatching => any;

    /// <summary>Frames without progress in time, with their silence in milliseconds.</summary>
    public IReadOnlyDictionary<long, long> Hung { get; private set; } = new Dictionary<long, long>();

    public void Note(Applied applied)
    {
        if (applied.Entry.Data is CallStarted { WatchdogMs: not null }) any = true;
    }

    /// <summary>Looks once. True when some frame hangs.</summary>
    public bool Look(OperationState state, long nowMs, long latenessMs)
    {
        if (!any) return false;
        var watched = state.Stack.Values
            .Where(f => f is { Status: FrameStatus.Active, WatchdogMs: not null }).Take(Most).ToList();
        any = watched.Count > 0;
        foreach (var gone in tracks.Keys.Except(watched.Select(f => f.Position)).ToList()) tracks.Remove(gone);
        foreach (var f in watched)
        {
            var look = Progress.Read(ledger, ledger.Layout.Progress(state.OperationId, f.CallId));
            // "Busy" replaces the watchdog's time where it is longer; it does not add to it.
            var extra = Math.Max(0, look.ToleranceMs - f.WatchdogMs!.Value);
            tracks[f.Position] = ledger.Rules.Observe(tracks.GetValueOrDefault(f.Position, Track.Empty),
                look with { ToleranceMs = extra }, nowMs, latenessMs, own.HealthySinceMs, f.WatchdogMs.Value);
        }
        Hung = tracks.Where(t => t.Value.StaleLooks >= Detector.LooksNeeded)
            .ToDictionary(t => t.Key, t => nowMs - t.Value.ChangedAt!.Value);
        return Hung.Count > 0;
    }
}
