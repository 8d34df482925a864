using System.Globalization;
using Ledger.Log;
using Ledger.Model;
using Ledger.Rules;
using Ledger.Runtime;
using Ledger.Testing.Simulation;
using Newtonsoft.Json;
using Xunit.Abstractions;

using Applied = Ledger.Runtime.Replication.Applied<Ledger.Model.OperationState, Ledger.Model.Entry, Ledger.Rules.Outcome>;

namespace Ledger.Tests.Fuzzing;

/// <summary>Histories of entries that are valid by themselves and make what sense they may, some of them spoilt behind a right
/// checksum.</summary>
public sealed class FoldFuzz(ITestOutputHelper output)
{
    private const int People = 4;

    [Fact]
    public Task Whatever_the_log_holds_the_fold_is_total_keeps_its_invariants_and_is_the_same_for_all() =>
        new Campaign(output).RunAsync(100, lottery =>
        {
            var lines = History(lottery);
            var (bytes, early, late) = (lines.Sum(l => l.Length), new MemoryRecords(), new MemoryRecords());
            using var eager = new Reading(early, lottery);
            Campaign.Bounded(20 * bytes, () =>
            {
                foreach (var line in lines)
                {
                    early.Add([(byte)'\n', .. line, (byte)'\n']);
                    eager.Read();
                }
            });
            late.Add([.. lines.SelectMany(line => (byte[])[(byte)'\n', .. line, (byte)'\n'])]);
            using var afterwards = new Reading(late, lottery);
            afterwards.Read();
            Assert.Equal(eager.Told, afterwards.Told);
        });

    private static List<byte[]> History(Lottery lottery)
    {
        List<byte[]> lines = [];
        var sequences = new long[People];
        for (var length = 1 + lottery.Below(100); lines.Count < length;)
        {
            var who = lottery.Below(People);
            if (lottery.Below(12) != 0) sequences[who]++;
            // Everybody is there first; how the operation ends comes late, most often.
            var data = lines.Count switch
            {
                0 => new OperationCreated("op", Fold.Version, Process(who), null),
                < 6 => new ParticipantJoined(Process(who)),
                _ => Data(lottery, lines.Count + 1),
            };
            if (data is AbortRequested or CompleteRequested or OperationAbandoned && lottery.Below(4) != 0) continue;
            lines.Add(Lines.Of(new Entry("n", sequences[who], Id(who), "i" + Id(who), "2026-01-01T00:00:00.000Z", data)));
        }
        for (var i = 1; i < lines.Count; i++)
        {
            if (lottery.Below(8) == 0) lines[i] = Lines.Sealed(new Mutator(lottery).Mutate(lines[i], Lines.Corpus));
        }
        return lines;
    }

    /// <summary>From small pools, so that entries meet. Calls and joins are the most frequent.</summary>
    private static EntryData Data(Lottery l, int position)
    {
        string Call() => "c" + Id(l.Below(6));
        long Token() => 1 + l.Below(position);
        string Supervisor() => l.Below(8) == 0 ? "S0" : "s" + Id(l.Below(2));
        string Incarnation() => "i" + Id(l.Below(People));
        EvidenceType Evidence() => (EvidenceType)l.Below(Enum.GetValues<EvidenceType>().Length);
        Resource Resource() => l.Below(2) == 0 ? new(ResourceKind.File, "/t/" + Call(), false, 0, null) : new(ResourceKind.ProcessGroup, null, false, l.Below(9), "1");
        long Duration() => l.Below(4) == 0 ? JsonFields.LongestMs : l.Below(1000);
        var about = Call();
        return l.Below(24) switch
        {
            0 => new ParticipantLeft(l.Below(2) == 0, null),
            1 => new InitiatorChanged(Incarnation()),
            2 => new CallEnded(about, Token()),
            3 => new CallFailed(about, Token(), "why"),
            4 => new ResourceRegistered(about, Token(), Resource()),
            5 => new ResourceReleased(about, Token(), Resource().Key),
            6 or 7 => new CrashDetected(Id(l.Below(People)), Incarnation(), Evidence(), 1, Token(), [about], [Token()]),
            8 => new SupervisorRegistered(Supervisor(), Duration(), Duration()),
            9 => new SupervisorDied(Supervisor(), l.Below(4) == 0 ? "" : Incarnation(), Evidence(), 1, Token(), l.Below(2) == 0 ? null : Token()),
            10 => new CrashNotified(about, Token(), Supervisor(), null, l.Below(2) == 0, l.Below(2) == 0),
            11 or 12 => new FrameCleanedUp(about, Token(), 2 + l.Below(3), l.Below(2) == 0 ? null : Incarnation(), []),
            13 => new FrameRemoved(about, Token(), null, [new LeftBehind(about, Resource(), "busy", Incarnation())]),
            14 => new AbortRequested("why"),
            15 => new CompleteRequested(),
            16 => new OperationAbandoned(null),
            17 => new OperationCreated("op", Fold.Version, Process(0), null),
            18 or 19 => new ParticipantJoined(Process(l.Below(People))),
            _ => new CallStarted(about, l.Below(2) == 0 ? null : Token())
            {
                SupervisorId = l.Below(2) == 0 ? null : Supervisor(),
                FailOnCrash = l.Below(6) == 0,
                CleanupBoundMs = Duration(),
                WatchdogMs = l.Below(3) == 0 ? Duration() : null,
                Resources = l.Below(3) == 0 ? [Resource()] : [],
            },
        };
    }

    private static ProcessIdentity Process(int who) => new("h" + Id(who % 2), "boot", "pids", "mounts", "0", 100 + who, "1");

    private static string Id(int n) => n.ToString(CultureInfo.InvariantCulture);

    /// <summary>One reader's account of a log: every entry's outcome, every skipped line, the state at the end.</summary>
    private sealed class Reading : IDisposable
    {
        private readonly FoldReader reader;
        private readonly List<string> told = [];
        private readonly Dictionary<string, Judgement> verdicts = [];
        private Timers timers = Timers.Empty;
        private long nowMs;

        public Reading(MemoryRecords records, Lottery lottery)
        {
            reader = new FoldReader(new MemoryLog("op", records), line => told.Add($"{line.Place.Offset} {line.Verdict} {line.Why}"));
            for (var i = 0; i < People; i++)
            {
                var grade = (Grade)lottery.Below(4);
                verdicts["i" + Id(i)] = new Judgement(grade, "", 1, grade == Grade.Dead ? EvidenceType.ProcessExited : null);
            }
        }

        public IEnumerable<string> Told => reader.State is { } s ? told.Append(StateText(s)) : told;

        public void Read()
        {
            try
            {
                reader.Read(Note);
            }
            catch (LedgerVersionException e)
            {
                told.Add(e.Message); // a genesis of another version; the one documented refusal
            }
        }

        public void Dispose() => reader.Dispose();

        private void Note(Applied applied)
        {
            var s = applied.State;
            Assert.Null(Invariants.Fault(s));
            Assert.Equal(s.Position, applied.Outcome.Position);
            told.Add($"{s.Position} {applied.Outcome.Rejection} {s.StatusText}");
            nowMs += 700;
            timers = timers.Next(s, nowMs);
            Plan.For(s, new Observation
            {
                Self = "i0",
                Process = Process(0),
                NowMs = nowMs,
                ThresholdMs = 1000,
                IntervalMs = 200,
                Liveness = verdicts,
                Hung = s.Stack.Keys.ToDictionary(k => k, k => 1L),
                Timers = timers,
            });
        }

        private static string StateText(OperationState s)
        {
            // Its file, with newer heartbeats in the places of older ones, is what it would be if it were written anew.
            var file = new SnapshotText(s, i => LifeOf(i, 1));
            Assert.True(file.TryRefresh(s, i => LifeOf(i, 2)));
            Assert.Equal(SnapshotText.Render(s, i => LifeOf(i, 2)), file.Bytes);
            using var text = new StringWriter(CultureInfo.InvariantCulture);
            using var w = new JsonTextWriter(text);
            w.WriteStartObject();
            StateJson.Write(w, s, _ => new Life(null));
            w.WriteEndObject();
            return text.ToString();
        }

        /// <summary>One of them has never been seen to beat; each beats at a time of its own.</summary>
        private static Life LifeOf(string incarnation, int day) =>
            new(incarnation == "i0" ? null : $"2026-01-0{day}T00:00:0{incarnation[^1]}.000Z");
    }
}
