using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;
using Ledger.Tests.Rules.Exploration;

namespace Ledger.Tests.Rules.GroupExploration;

/// <summary>A group's log, its states, the processes around it, and the truth about what they did.</summary>
internal sealed class GroupWorld(GroupRuleBook rules)
{
    public const long ThresholdMs = 1000;
    public const long IntervalMs = 200;

    /// <summary>How long a program may outlive who ran it.</summary>
    private const long LifelineMs = 3000;

    private readonly List<(long At, Program Program)> dying = [];
    private int pids;

    public GroupRuleBook Rules { get; } = rules;

    /// <summary>Executors forget to end what ran before: only to prove that it is noticed.</summary>
    public bool Careless { get; init; }

    public List<GroupEntry> Log { get; } = [];

    /// <summary>State before the first entry, and after each.</summary>
    public List<GroupState> States { get; } = [GroupFold.Create("G", "")];

    public List<GroupActor> Actors { get; } = [];

    public List<Program> Programs { get; } = [];

    public Dictionary<string, int> Executions { get; } = [];

    public GroupTruth Truth { get; } = new();

    public long NowMs { get; private set; }

    public GroupState Present => States[^1];

    public GroupState Seen(GroupActor actor) => States[actor.View];

    public GroupActor Start(string id, string host, (string, long, string)? spawnedFor = null)
    {
        var number = Actors.Count(a => a.Id == id) + 1;
        var actor = new GroupActor(id, number, host) { View = Log.Count, SpawnedFor = spawnedFor };
        Actors.Add(actor);
        Propose(actor, new MemberJoined(actor.Process, true, true, Present.Position));
        return actor;
    }

    public void Wait(long ms)
    {
        NowMs += ms;
        foreach (var (_, program) in dying.Where(d => d.At <= NowMs)) program.Ended = true;
        dying.RemoveAll(d => d.At <= NowMs);
    }

    /// <summary>Proposes; goes on when the outcome is known, unless it died.</summary>
    public void Propose(GroupActor actor, GroupEntryData data, Action<GroupOutcome>? then = null)
    {
        var entry = new GroupEntry($"s{Seen(actor).Segment}", ++actor.Sequence, actor.Id, actor.Incarnation, "", data);
        actor.Latest = entry;
        if (then is not null) actor.Waiting[entry.Sequence] = then;
        if (actor.Held is { } held) held.Add(entry);
        else Append(entry);
    }

    public void Append(GroupEntry entry)
    {
        // What names another segment is void; its proposer tries again in the present one, under its number.
        entry = entry with { Nonce = $"s{Present.Segment}" };
        var before = Present;
        var (after, outcome) = Rules.Fold(before, entry);
        Log.Add(entry);
        GroupProperties.Check(before, after, entry, outcome, Truth);
        if (after.Sealed) after = GroupFold.Continue(after);
        States.Add(after);
        if (outcome.Rejection == Ledger.Rules.Reasons.Duplicate) return;
        var proposer = Actors.First(a => a.Incarnation == entry.Incarnation);
        if (!proposer.Waiting.Remove(entry.Sequence, out var then)) return;
        if (proposer.Health == Health.Well) then(outcome);
        else if (proposer.Health != Health.Gone) proposer.Inbox.Add(() => then(outcome));
    }

    public void Tick(GroupActor actor, int breaths = int.MaxValue)
    {
        var seen = Seen(actor);
        if (actor.SpawnedFor is { } s && actor.Begun.Add("activate")) Activate(actor, s.Supervisor, s.Run, s.Token);
        // Who sees that it is gone ends what it runs.
        if (seen.Members.GetValueOrDefault(actor.Incarnation) is { IsPresent: false }) End(Owned(actor));
        var liveness = seen.Members.Keys.ToDictionary(m => m, m => Judge(actor, m));
        actor.Timers = actor.Timers.Next(seen, liveness, NowMs);
        var look = new GroupObservation
        {
            Self = actor.Incarnation,
            NowMs = NowMs,
            ThresholdMs = ThresholdMs,
            IntervalMs = IntervalMs,
            Liveness = liveness,
            Timers = actor.Timers,
            SweptAtMs = actor.SweptAtMs,
        };
        foreach (var step in Rules.Plan(seen, look))
        {
            if (--breaths < 0) Kill(actor);
            if (actor.Health != Health.Well) return;
            Do(actor, step);
        }
    }

    public void Kill(GroupActor actor)
    {
        if (actor.Health == Health.Well) actor.SilentSince = NowMs;
        actor.Health = Health.Gone;
        foreach (var p in Owned(actor)) dying.Add((NowMs + LifelineMs, p));
    }

    public static void Resume(GroupActor actor)
    {
        if (actor.Health == Health.Gone) return;
        actor.Health = Health.Well;
        var learned = actor.Inbox.ToList();
        actor.Inbox.Clear();
        learned.ForEach(act => act());
    }

    public IEnumerable<Program> Owned(GroupActor actor) =>
        Programs.Where(p => p.Identity.StartToken == actor.Incarnation && !p.Ended);

    private Judgement Judge(GroupActor observer, string incarnation)
    {
        var target = Actors.First(a => a.Incarnation == incarnation);
        if (!target.Dies(observer, NowMs, ThresholdMs)) return new Judgement(Grade.Alive, "beats", 0);
        var evidence = target.Health == Health.Gone && target.Host == observer.Host
            ? EvidenceType.ProcessExited : EvidenceType.HeartbeatStale;
        return new Judgement(Grade.Dead, "silent", NowMs - target.SilentSince, evidence);
    }

    private void Do(GroupActor actor, GroupStep step)
    {
        Truth.Reached.Add(step.GetType().Name);
        switch (step)
        {
            case ProposeToGroup p:
                foreach (var data in p.Data) Propose(actor, data, TakesOver(actor, data));
                break;
            case StartInPlace s when actor.Begun.Add($"start {s.Supervisor.SupervisorId} {s.Supervisor.Run}"):
                Release(actor, s.Supervisor);
                Activate(actor, s.Supervisor.SupervisorId, s.Supervisor.Run, null);
                break;
            case SpawnProcess s when actor.Begun.Add($"spawn {s.Supervisor.SupervisorId} {s.Supervisor.Run}"):
                Release(actor, s.Supervisor);
                Spawn(actor, s.Supervisor);
                break;
            case StopProgram s:
                End(Owned(actor).Where(p => p.SupervisorId == s.Supervisor.SupervisorId));
                Propose(actor, new SupervisorStopped(s.Supervisor.SupervisorId, s.Supervisor.Run, null));
                break;
            case ReleaseOld s:
                Release(actor, s.Supervisor);
                Propose(actor, new SupervisorStopped(s.Supervisor.SupervisorId, s.Supervisor.Run, "released"));
                break;
            case TakeCommand t when actor.Begun.Add($"command {t.Command.CommandId}"):
                Execute(actor, t.Command.CommandId);
                break;
            case SweepOrphans:
                actor.SweptAtMs = NowMs;
                End(Programs.Where(p => p.Host == actor.Host
                    && Seen(actor).Members.GetValueOrDefault(p.Identity.StartToken) is { IsPresent: false }));
                break;
        }
    }

    /// <summary>Ends the program the state knows: with proven identity, and only at its own place.</summary>
    private void Release(GroupActor actor, SupervisorEntry x)
    {
        if (Careless) return;
        foreach (var p in Programs.Where(p => p.Identity == x.Program))
        {
            GroupProperties.Require(p.Host == actor.Host, "a program was signalled from another place");
            p.Ended = true;
        }
    }

    private void Spawn(GroupActor actor, SupervisorEntry x)
    {
        var token = $"token {x.SupervisorId} {x.Run}";
        Propose(actor, new StartTaken(x.SupervisorId, x.Run, Groups.GroupVerbs.Double(token)), outcome =>
        {
            if (outcome.Accepted) Start($"P{x.SupervisorId}", actor.Host, (x.SupervisorId, x.Run, token));
        });
    }

    public void Activate(GroupActor actor, string supervisorId, long run, string? token)
    {
        var program = new Program(supervisorId, new ProgramIdentity(++pids, actor.Incarnation, pids), actor.Host);
        Programs.Add(program);
        var proof = token is null ? null : Invitations.Hash(token);
        Propose(actor, new SupervisorActivated(supervisorId, run, program.Identity, proof), outcome =>
        {
            if (outcome.Accepted && !program.Ended) Run(program);
            else program.Ended = true;
        });
    }

    private static Action<GroupOutcome>? TakesOver(GroupActor actor, GroupEntryData data) =>
        data is OrchestratorTakenOver ? outcome => actor.SweptAtMs = outcome.Accepted ? null : actor.SweptAtMs : null;

    private static void End(IEnumerable<Program> programs)
    {
        foreach (var p in programs) p.Ended = true;
    }

    private void Run(Program program)
    {
        program.Runs = true;
        var others = Programs.Where(p => p.IsLive && p != program && p.SupervisorId == program.SupervisorId);
        GroupProperties.Require(!others.Any(), $"two live programs of {program.SupervisorId}");
    }

    private void Execute(GroupActor actor, string commandId) => Propose(actor, new CommandTaken(commandId), outcome =>
    {
        if (!outcome.Accepted) return;
        Executions[commandId] = Executions.GetValueOrDefault(commandId) + 1;
        GroupProperties.Require(Executions[commandId] == 1, $"{commandId} was executed twice");
        Propose(actor, Executions.Count % 3 == 0 ? new CommandFailed(commandId, "broke") : new CommandDone(commandId, "1"));
    });
}
