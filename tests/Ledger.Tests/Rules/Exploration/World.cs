using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Tests.Rules.Exploration;

/// <summary>A log, its states, the processes around it, and the truth about what they did.</summary>
internal sealed class World
{
    public const long ThresholdMs = 1000;
    public const long IntervalMs = 200;

    public World()
    {
        var genesis = new Entry("n1", 1, "A", "A1", "", new OperationCreated("op", Fold.Version, ScriptVerbs.ProcessOn("h0"), null));
        Log.Add(genesis);
        States.Add(Fold.Begin(genesis)!);
        Actors.Add(new Actor("A", 1, "h0"));
    }

    public List<Entry> Log { get; } = [];

    /// <summary>State after each entry; that at position n has index n - 1.</summary>
    public List<OperationState> States { get; } = [];

    public List<Actor> Actors { get; } = [];

    public Truth Truth { get; } = new();

    public long NowMs { get; set; }

    public OperationState Present => States[^1];

    public OperationState Seen(Actor actor) => States[actor.View - 1];

    public Actor Restart(string id, string host)
    {
        var number = Actors.Count(a => a.Id == id) + 1;
        var actor = new Actor(id, number, host) { View = Log.Count };
        Actors.Add(actor);
        return actor;
    }

    public void Propose(Actor actor, EntryData data)
    {
        var entry = new Entry("n1", ++actor.Sequence, actor.Id, actor.Incarnation, "", data);
        actor.Latest = entry;
        if (actor.Held is { } held) held.Add(entry);
        else Append(entry);
    }

    public void Append(Entry entry)
    {
        var before = Present;
        var (after, outcome) = Fold.Apply(before, entry);
        Log.Add(entry);
        States.Add(after);
        Properties.Check(before, after, entry, outcome, Truth);
        Truth.Note(entry, outcome);
    }

    public Observation Look(Actor actor)
    {
        actor.Timers = actor.Timers.Next(Seen(actor), NowMs);
        var members = Seen(actor).Members.Keys.Order(StringComparer.Ordinal);
        return new Observation
        {
            Self = actor.Incarnation,
            Process = actor.Process,
            NowMs = NowMs,
            ThresholdMs = ThresholdMs,
            IntervalMs = IntervalMs,
            Liveness = new SortedDictionary<string, Judgement>(
                members.ToDictionary(m => m, m => Judge(actor, m)), StringComparer.Ordinal),
            Hung = new Dictionary<long, long>(),
            Supervises = actor.Supervises,
            Timers = actor.Timers,
        };
    }

    private Judgement Judge(Actor observer, string incarnation)
    {
        var target = Actors.First(a => a.Incarnation == incarnation);
        if (!target.IsDead(observer, NowMs, ThresholdMs)) return new Judgement(Grade.Alive, "beats", 0);
        var evidence = target.Health == Health.Gone && target.Host == observer.Host
            ? EvidenceType.ProcessExited : EvidenceType.HeartbeatStale;
        return new Judgement(Grade.Dead, "silent", NowMs - target.SilentSince, evidence);
    }

    /// <summary>Acts on the plan. Dies after so many effects and entries. When <paramref name="torn"/>, of each step's
    /// entries only the first is written.</summary>
    public void Tick(Actor actor, int breaths = int.MaxValue, bool torn = false)
    {
        foreach (var step in Plan.For(Seen(actor), Look(actor)))
        {
            if (step is NotifySupervisor && actor.Stuck) continue;
            if (--breaths < 0) Kill(actor);
            if (actor.Health != Health.Well) return;
            Truth.Effect(actor, step);
            foreach (var data in Entries(actor, step).Take(torn ? 1 : 2))
            {
                if (--breaths < 0) Kill(actor);
                else Propose(actor, data);
            }
        }
    }

    public void Kill(Actor actor)
    {
        if (actor.Health is Health.Well or Health.Hanging) actor.SilentSince = NowMs;
        actor.Health = Health.Gone;
    }

    private static IEnumerable<EntryData> Entries(Actor actor, Step step)
    {
        switch (step)
        {
            case Propose p:
                yield return p.Data;
                break;
            case CleanOwn c:
                yield return new FrameRemoved(c.Frame.CallId, c.Frame.Position, null, []);
                break;
            case CleanCrashed c:
                yield return new FrameCleanedUp(c.Frame.CallId, c.Frame.Position, c.Rule, c.Supervisor, Left(c.Frame, c.Here));
                break;
            case NotifySupervisor n:
                yield return new CrashNotified(
                    n.Notice.CallId, n.Notice.Token, n.Notice.SupervisorId, null, false, n.Frame is null);
                if (n.Frame is { } f)
                    yield return new FrameCleanedUp(f.CallId, f.Position, 3, actor.Incarnation, Left(f, n.Here));
                break;
        }
    }

    private static System.Collections.Immutable.ImmutableArray<LeftBehind> Left(Frame frame, bool here) =>
        here ? [] : [.. frame.Resources.Select(r => new LeftBehind(frame.CallId, r, "elsewhere", frame.Incarnation))];
}
