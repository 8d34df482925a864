using System.Collections.Concurrent;
using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;
using Ledger.Rules;

namespace Ledger.Runtime;

/// <summary>Looks at others' heartbeat records and asks the kernel about local processes. Looking happens on one thread;
/// the kernel's word may come on any.</summary>
internal sealed class LivenessObserver(LedgerContext ledger, Heartbeat own, Action onDeath) : IDisposable
{
    private readonly Dictionary<string, Track> tracks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> exited = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> lastBeat = new(StringComparer.Ordinal);
    private readonly HashSet<string> runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IDisposable?> watches = new(StringComparer.Ordinal);
    private volatile IReadOnlyDictionary<string, Judgement> verdicts = new Dictionary<string, Judgement>();

    /// <summary>The verdicts as of the last look; immutable.</summary>
    public IReadOnlyDictionary<string, Judgement> Verdicts => verdicts;

    /// <summary>The UTC text of the last heartbeat that was read of an incarnation, or null.</summary>
    public string? LastBeat(string incarnation) => lastBeat.GetValueOrDefault(incarnation);

    /// <summary>True when nobody is remembered, so that a look at nobody would change nothing.</summary>
    public bool KnowsNobody => tracks.Count == 0 && watches.Count == 0;

    /// <summary>Looks at the given members and forgets all but <paramref name="remembered"/>.</summary>
    public void LookAt(IReadOnlyCollection<Member> chosen, IReadOnlyDictionary<string, Member> remembered, long latenessMs)
    {
        var names = chosen.Select(m => m.Incarnation).ToHashSet(StringComparer.Ordinal);
        // The windows of those whose turn it is not grow as well.
        foreach (var other in tracks.Keys.Where(k => latenessMs > 0 && !names.Contains(k)).ToList())
            tracks[other] = tracks[other] with { ChangedAt = tracks[other].ChangedAt + latenessMs };
        foreach (var member in chosen)
        {
            AskKernel(member);
            if (!exited.ContainsKey(member.Incarnation)) LookOnce(member, latenessMs);
        }
        foreach (var (incarnation, watch) in watches.Where(w => !names.Contains(w.Key)).ToList())
        {
            watch?.Dispose();
            watches.Remove(incarnation);
        }
        foreach (var gone in tracks.Keys.Where(k => !remembered.ContainsKey(k)).ToList()) Forget(gone);
        Conclude();
    }

    /// <summary>Has the kernel watch somebody new before the next look: who joins may die at once. True if that has
    /// happened.</summary>
    public bool Greet(Member member)
    {
        if (watches.Count >= Watching.Most) return false;
        AskKernel(member);
        return exited.ContainsKey(member.Incarnation);
    }

    /// <summary>Brings the verdicts up to the kernel's word and the clock, without looking again.</summary>
    public void Conclude()
    {
        var now = ledger.Clock.NowMs;
        var threshold = ledger.Manifest.StalenessThresholdMs;
        verdicts = tracks.ToDictionary(
            t => t.Key, t => Detector.Judge(t.Value, exited.ContainsKey(t.Key), runs.Contains(t.Key), now, threshold), StringComparer.Ordinal);
    }

    /// <summary>Whether a beat of it came before this observer's eyes. That its process exists is less: it may be stopped.</summary>
    public bool SawBeat(string incarnation) => tracks.GetValueOrDefault(incarnation) is { ChangeSeen: true };

    /// <summary>Suspects that must be looked at again whoever's turn it is.</summary>
    public IEnumerable<string> Suspects => verdicts
        .Where(v => v.Value.Grade is Grade.Suspect or Grade.Dead).Select(v => v.Key).Take(Watching.Most);

    public void Dispose()
    {
        foreach (var watch in watches.Values) watch?.Dispose();
        watches.Clear();
    }

    private void AskKernel(Member member)
    {
        if (!member.Process.SharesPidsWith(ledger.Process)) return;
        var incarnation = member.Incarnation;
        tracks.TryAdd(incarnation, Track.Empty);
        if (!watches.ContainsKey(incarnation)) watches[incarnation] = ledger.Processes.Watch(member.Process, () => Died(incarnation));
        // What is watched and was not reported runs.
        var state = watches[incarnation] is null ? ledger.Processes.Look(member.Process) : ProcessState.Running;
        if (state == ProcessState.Exited) exited[incarnation] = true;
        if (state == ProcessState.Running) runs.Add(incarnation);
        else runs.Remove(incarnation);
    }

    private void Died(string incarnation)
    {
        exited[incarnation] = true;
        onDeath();
    }

    private void LookOnce(Member member, long latenessMs)
    {
        var before = tracks.GetValueOrDefault(member.Incarnation, Track.Empty);
        tracks[member.Incarnation] = ledger.Rules.Observe(before, Read(member, before), ledger.Clock.NowMs, latenessMs,
            own.HealthySinceMs, ledger.Manifest.StalenessThresholdMs);
    }

    private Look Read(Member member, Track before)
    {
        try
        {
            var bytes = ledger.Disk.ReadAll(
                ledger.Layout.Heartbeat(member.ParticipantId, member.Incarnation), HeartbeatRecord.Size * 4);
            if (bytes is null) return AbsentIfLedgerIsThere();
            var print = Fingerprint(bytes);
            if (print == before.Fingerprint) return new Look(LookResult.Seen, print, before.ToleranceMs, before.Paused);
            // Half of a beat cannot be parsed, but it is a change all the same.
            if (HeartbeatRecord.Parse(bytes) is not { } record)
                return new Look(LookResult.Seen, print, before.ToleranceMs, before.Paused);
            lastBeat[member.Incarnation] = record.Time;
            return new Look(LookResult.Seen, print, record.ToleranceMs, record.Paused);
        }
        catch (LedgerStorageException)
        {
            return new Look(LookResult.Failed);
        }
    }

    /// <summary>A record that is not there proves nothing when the whole ledger is not there.</summary>
    private Look AbsentIfLedgerIsThere()
    {
        ledger.RequireManifest();
        return new Look(LookResult.Absent);
    }

    private void Forget(string incarnation)
    {
        tracks.Remove(incarnation);
        runs.Remove(incarnation);
        exited.TryRemove(incarnation, out _);
        lastBeat.TryRemove(incarnation, out _);
        if (watches.Remove(incarnation, out var watch)) watch?.Dispose();
    }

    internal static ulong Fingerprint(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037UL; // FNV-1a: whether bytes changed, nothing more
        foreach (var b in bytes) hash = (hash ^ b) * 1099511628211UL;
        return hash;
    }
}
