using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;
using Ledger.Rules;

namespace Ledger.Runtime;

/// <summary>How alive the members of an operation or a group look to somebody who only passes by. One look cannot see change: it goes by the
/// kernel's word, and where that is silent says so. Observing for a while can judge by change.</summary>
internal sealed class OneShotLiveness(LedgerContext ledger)
{
    private const string NoWord = "another machine or container; one look cannot tell";

    /// <summary>Judges every member by one look.</summary>
    /// <exception cref="LedgerStorageException">The ledger cannot be written to: ages are told by touching a file.</exception>
    public IReadOnlyDictionary<string, Life> Look(OperationState state) => Look(state.Members.Values);

    /// <inheritdoc cref="Look(OperationState)"/>
    public IReadOnlyDictionary<string, Life> Look(IEnumerable<Member> members)
    {
        var now = ledger.FileSystemNow();
        return members.ToDictionary(m => m.Incarnation, m => Life(m, Read(m), now), StringComparer.Ordinal);
    }

    /// <summary>Looks again and again until every member can be judged, or the time is over.</summary>
    public async Task<IReadOnlyDictionary<string, Life>> ObserveAsync(
        OperationState state, TimeSpan duration, CancellationToken cancellationToken)
    {
        var watched = state.Members.Values.Where(m => m.Status == MemberStatus.Joined).Select(m => new Observed(m)).ToList();
        var periodMs = Math.Max(10, ledger.Manifest.HeartbeatIntervalMs / 2);
        var beginMs = ledger.Clock.NowMs;
        for (var lastMs = beginMs; ;)
        {
            var nowMs = ledger.Clock.NowMs;
            var lateMs = nowMs - lastMs - periodMs;
            foreach (var o in watched) Observe(o, nowMs, lateMs > periodMs / 2 ? lateMs : 0);
            var leftMs = (long)duration.TotalMilliseconds - (nowMs - beginMs);
            if (leftMs <= 0 || watched.All(o => o.IsDecided)) break;
            lastMs = nowMs;
            await ledger.Clock.Provider.Delay(TimeSpan.FromMilliseconds(Math.Min(periodMs, leftMs)), cancellationToken).ConfigureAwait(false);
        }
        var lives = new Dictionary<string, Life>(Look(state), StringComparer.Ordinal);
        foreach (var o in watched) lives[o.Member.Incarnation] = Conclude(o, lives[o.Member.Incarnation]);
        return lives;
    }

    private void Observe(Observed o, long nowMs, long latenessMs)
    {
        o.Exited = ledger.Processes.Look(o.Member.Process) == ProcessState.Exited;
        var record = Read(o.Member);
        var look = new Look(record.Result, record.Bytes is { } bytes ? LivenessObserver.Fingerprint(bytes) : 0,
            record.Contents?.ToleranceMs ?? o.Track.ToleranceMs, record.Contents?.Paused ?? o.Track.Paused);
        var next = Detector.Observe(o.Track, look, nowMs, latenessMs, 0, ledger.Manifest.StalenessThresholdMs);
        o.Changed |= o.Track.WasSeen && next.WasSeen && next.Fingerprint != o.Track.Fingerprint;
        o.Track = next;
    }

    private Life Conclude(Observed o, Life atOnce)
    {
        if (o.Exited || atOnce.Judgement is { Grade: Grade.Dead }) return atOnce;
        var verdict = Detector.Judge(o.Track, false, ledger.Processes.Look(o.Member.Process) == ProcessState.Running, ledger.Clock.NowMs, ledger.Manifest.StalenessThresholdMs);
        if (o.Changed || o.Track.StaleLooks >= Detector.LooksNeeded || verdict.Grade == Grade.Unknown)
            return atOnce with { Judgement = verdict with { SilentForMs = atOnce.Judgement?.SilentForMs } };
        // Not seen to beat, and not looked at for long enough to say more than the kernel does.
        return atOnce.Judgement?.Grade != Grade.Unknown ? atOnce : atOnce with
        {
            Judgement = atOnce.Judgement with
            {
                Reason = $"no heartbeat while looking; a verdict takes {ledger.Manifest.StalenessThresholdMs} ms and two looks",
            },
        };
    }

    private Life Life(Member member, Record record, DateTimeOffset now)
    {
        long? ageMs = record.Modified is { } at ? Math.Max(0, (long)(now - at).TotalMilliseconds) : null;
        return new Life(record.Contents?.Time, Judge(member, record, ageMs));
    }

    private Judgement Judge(Member member, Record record, long? ageMs)
    {
        var kernel = ledger.Processes.Look(member.Process);
        if (kernel == ProcessState.Exited) return new Judgement(Grade.Dead, "its process is gone", ageMs, EvidenceType.ProcessExited);
        if (record.Contents is { Paused: true }) return new Judgement(Grade.Suspect, "paused by its own announcement", ageMs);
        if (kernel == ProcessState.Running)
        {
            // The kernel knows nothing of a process that hangs. The age is no evidence of death either, so: a doubt.
            return ageMs * 2 < ledger.Manifest.StalenessThresholdMs + record.Contents?.ToleranceMs * 2
                ? new Judgement(Grade.Alive, "its process runs", ageMs)
                : new Judgement(Grade.Suspect, ageMs is null ? "its process runs without a heartbeat record" : "its process runs, but does not beat", ageMs);
        }
        return new Judgement(Grade.Unknown, record.Result switch
        {
            LookResult.Failed => "its heartbeat could not be read",
            LookResult.Absent => "its heartbeat record is not there",
            _ => NoWord,
        }, ageMs);
    }

    private Record Read(Member member)
    {
        var path = ledger.Layout.Heartbeat(member.ParticipantId, member.Incarnation);
        try
        {
            var entry = ledger.Disk.Look(path);
            var bytes = entry is null ? null : ledger.Disk.ReadAll(path, HeartbeatRecord.Size * 4);
            if (bytes is not null) return new Record(LookResult.Seen, bytes, HeartbeatRecord.Parse(bytes), entry!.Value.Modified);
            ledger.RequireManifest();
            return new Record(LookResult.Absent, null, null, null);
        }
        catch (LedgerStorageException)
        {
            return new Record(LookResult.Failed, null, null, null);
        }
    }

    private readonly record struct Record(
        LookResult Result, byte[]? Bytes, HeartbeatRecord.Contents? Contents, DateTimeOffset? Modified);

    private sealed class Observed(Member member)
    {
        public Member Member { get; } = member;

        public Track Track { get; set; } = Track.Empty;

        /// <summary>It was seen to beat.</summary>
        public bool Changed { get; set; }

        public bool Exited { get; set; }

        public bool IsDecided => Exited || Changed || Track.StaleLooks >= Detector.LooksNeeded;
    }
}
