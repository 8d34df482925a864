using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;
using Ledger.Rules;

namespace Ledger.Runtime;

/// <summary>Looks at others' heartbeat records and asks the kernel about local processes. Looking happens on one thread;
/// the kernel's word may come on any.</summary>
internal sealed class LivenessObserver(LedgerContext ledger, Heartbeat own, Action onDeath) : IDisposable
{
    /// <summary>Remembered members that are asked after in one look, whether they are to be remembered still.</summary>
    private const int MostAskedAfter = 4;

    private readonly Dictionary<string, Remembered> memory = new(StringComparer.Ordinal);
    private readonly Queue<string> toAskAfter = new();
    private readonly HashSet<string> view = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> exited = new(StringComparer.Ordinal);
    private readonly HashSet<string> runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IDisposable?> watches = new(StringComparer.Ordinal);
    private volatile IReadOnlyDictionary<string, Judgement> verdicts = new Dictionary<string, Judgement>();
    private long lateMs;

    /// <summary>The verdicts on those in view: who was looked at last, whoever is suspect by then, and who is new. About others
    /// nothing is said: not to look at somebody is no silence of his. Immutable.</summary>
    public IReadOnlyDictionary<string, Judgement> Verdicts => verdicts;

    /// <summary>Those of them that are judged dead.</summary>
    public List<string> Dead { get; } = [];

    /// <summary>Those that are suspect or dead, and so must be looked at again whoever's turn it is; a bounded number.</summary>
    public List<string> Suspects { get; } = [];

    /// <summary>The UTC text of the last heartbeat that was read of an incarnation, or null.</summary>
    public string? LastBeat(string incarnation) => memory.GetValueOrDefault(incarnation).Beat;

    /// <summary>True when nobody is remembered, so that a look at nobody would change nothing.</summary>
    public bool KnowsNobody => memory.Count == 0 && watches.Count == 0;

    /// <summary>Looks at members. What it costs depends on how many these are, not on how many are remembered.</summary>
    /// <param name="lasting">Whose processes the kernel is to watch from now on; no others.</param>
    /// <param name="passing">Others, whose turn it is.</param>
    /// <param name="isMember">Whether somebody is to be remembered still; asked of a few.</param>
    /// <param name="latenessMs">By how much the observer is late itself.</param>
    public void LookAt(
        IReadOnlyDictionary<string, Member> lasting, IReadOnlyList<Member> passing, Func<string, bool> isMember, long latenessMs)
    {
        // Everybody's window grows, also of those whose turn it is not.
        lateMs += latenessMs;
        view.Clear();
        foreach (var (_, member) in lasting)
        {
            AskKernel(member, isLasting: true);
            if (!exited.ContainsKey(member.Incarnation)) LookOnce(member);
        }
        foreach (var member in passing)
        {
            // Who has beaten since last time is not asked after: the kernel reports his end to those whose neighbour he is.
            if (!lasting.ContainsKey(member.Incarnation) && !LookOnce(member)) AskKernel(member, isLasting: false);
        }
        foreach (var incarnation in watches.Keys.Where(i => !lasting.ContainsKey(i)).ToList())
        {
            watches.Remove(incarnation, out var watch);
            watch?.Dispose();
        }
        for (var i = Math.Min(MostAskedAfter, toAskAfter.Count); i > 0; i--) AskAfter(toAskAfter.Dequeue(), isMember);
        Conclude();
    }

    /// <summary>Has the kernel watch somebody new before the next look: who joins may die at once. True if that has
    /// happened.</summary>
    public bool Greet(Member member)
    {
        if (watches.Count >= Watching.Most) return false;
        AskKernel(member, isLasting: true);
        return exited.ContainsKey(member.Incarnation);
    }

    /// <summary>Brings the verdicts up to the kernel's word and the clock, without looking again.</summary>
    public void Conclude()
    {
        var now = ledger.Clock.NowMs;
        var threshold = ledger.Manifest.StalenessThresholdMs;
        var all = new Dictionary<string, Judgement>(view.Count, StringComparer.Ordinal);
        Dead.Clear();
        Suspects.Clear();
        foreach (var i in view)
        {
            var verdict = Detector.Judge(memory[i].Track, exited.ContainsKey(i), runs.Contains(i), now, threshold);
            all[i] = verdict;
            if (verdict.Grade == Grade.Dead) Dead.Add(i);
            if (verdict.Grade is Grade.Suspect or Grade.Dead && Suspects.Count < Watching.Most) Suspects.Add(i);
        }
        verdicts = all;
    }

    /// <summary>Whether a beat of it came before this observer's eyes. That its process exists is less: it may be stopped.</summary>
    public bool SawBeat(string incarnation) => memory.TryGetValue(incarnation, out var seen) && seen.Track.ChangeSeen;

    public void Dispose()
    {
        foreach (var watch in watches.Values) watch?.Dispose();
        watches.Clear();
    }

    private void AskKernel(Member member, bool isLasting)
    {
        if (!member.Process.SharesPidsWith(ledger.Process)) return;
        var incarnation = member.Incarnation;
        if (!memory.ContainsKey(incarnation)) Remember(incarnation, Remembered.Nothing);
        view.Add(incarnation);
        if (isLasting && !watches.ContainsKey(incarnation))
            watches[incarnation] = ledger.Processes.Watch(member.Process, () => Died(incarnation));
        // What is watched and was not reported runs.
        var isWatched = watches.GetValueOrDefault(incarnation) is not null;
        var state = isWatched ? ProcessState.Running : ledger.Processes.Look(member.Process);
        if (state == ProcessState.Exited) exited[incarnation] = true;
        if (state == ProcessState.Running) runs.Add(incarnation);
        else runs.Remove(incarnation);
    }

    private void Died(string incarnation)
    {
        exited[incarnation] = true;
        onDeath();
    }

    /// <summary>Reads its record. True if a beat has come since the last look.</summary>
    private bool LookOnce(Member member)
    {
        var before = memory.GetValueOrDefault(member.Incarnation, Remembered.Nothing);
        var look = Read(member, before.Track, out var beat);
        var track = ledger.Rules.Observe(before.Track, look, ledger.Clock.NowMs, lateMs - before.LateMs,
            own.HealthySinceMs, ledger.Manifest.StalenessThresholdMs);
        Remember(member.Incarnation, new Remembered(track, beat ?? before.Beat, lateMs));
        view.Add(member.Incarnation);
        return track.ChangeSeen && track.Fingerprint != before.Track.Fingerprint;
    }

    private void Remember(string incarnation, Remembered what)
    {
        if (!memory.ContainsKey(incarnation)) toAskAfter.Enqueue(incarnation);
        memory[incarnation] = what;
    }

    private void AskAfter(string incarnation, Func<string, bool> isMember)
    {
        if (view.Contains(incarnation) || isMember(incarnation)) toAskAfter.Enqueue(incarnation);
        else Forget(incarnation);
    }

    private Look Read(Member member, Track before, out string? beat)
    {
        beat = null;
        try
        {
            var bytes = ledger.Disk.ReadAll(
                ledger.Layout.Heartbeat(member.ParticipantId, member.Incarnation), HeartbeatRecord.Size * 4);
            if (bytes is null) return AbsentIfLedgerIsThere();
            var print = Fingerprint(bytes);
            if (print == before.Fingerprint) return new Look(LookResult.Seen, print, before.ToleranceMs, before.Paused);
            // Half of a beat cannot be parsed, but it is a change all the same.
            if (HeartbeatRecord.Signs(bytes) is not { } signs)
                return new Look(LookResult.Seen, print, before.ToleranceMs, before.Paused);
            beat = signs.Time;
            return new Look(LookResult.Seen, print, signs.ToleranceMs, signs.Paused);
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
        memory.Remove(incarnation);
        runs.Remove(incarnation);
        exited.TryRemove(incarnation, out _);
    }

    /// <summary>Whether bytes changed, and nothing more: each word changes the sum.</summary>
    internal static ulong Fingerprint(ReadOnlySpan<byte> bytes)
    {
        const ulong prime = 1099511628211UL; // FNV-1a, by words
        var hash = 14695981039346656037UL;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) hash = (hash ^ word) * prime;
        foreach (var b in bytes[(words.Length * sizeof(ulong))..]) hash = (hash ^ b) * prime;
        return hash;
    }

    /// <param name="Track">What was seen of its record.</param>
    /// <param name="Beat">The UTC text in it.</param>
    /// <param name="LateMs">By how much the observer had been late in all by then.</param>
    private readonly record struct Remembered(Track Track, string? Beat, long LateMs)
    {
        public static Remembered Nothing { get; } = new(Track.Empty, null, 0);
    }
}
