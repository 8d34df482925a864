using Ledger.Log;
using Ledger.Model;
using Ledger.Rules;
using Ledger.Testing.Simulation;

namespace Ledger.Tests.Rules.Exploration;

/// <summary>One exploration: some chaos, then peace, in which everything must come to its end.</summary>
internal static class Run
{
    /// <summary>Rounds of one heartbeat interval each within which everything must be over once the faults stop.</summary>
    public const int MostRounds = 100;

    /// <summary>Rounds in which records may still be torn.</summary>
    private const int FewRounds = 8;

    /// <summary>Rounds without any entry after which nothing more will come: longer than every bound together.</summary>
    private const int Quiet = 40;

    public static List<Chance> Plan(ulong seed)
    {
        var lottery = new Lottery(seed);
        var weights = Enum.GetValues<Happening>().SelectMany(h => Enumerable.Repeat(h, Weight(h))).ToArray();
        return [.. Enumerable.Range(0, 20 + lottery.Below(60))
            .Select(_ => new Chance(weights[lottery.Below(weights.Length)], lottery.Below(1000), lottery.Next()))];
    }

    private static int Weight(Happening h) => h switch
    {
        Happening.Use => 30,
        Happening.Read or Happening.Tick => 14,
        Happening.Come => 8,
        Happening.Wait => 6,
        Happening.Hang => 4,
        Happening.Deliver => 4,
        _ => 2,
    };

    /// <summary>Plays a list of steps, and returns the rounds of peace it took. Adds to <paramref name="reached"/> what it
    /// came across.</summary>
    public static int Play(ulong seed, IEnumerable<Chance> chances, HashSet<(string, int)> reached)
    {
        var world = new World { Mild = seed % 4 == 3 };
        foreach (var id in new[] { "B", "C", "D", "E" }.Take(1 + (int)(seed % 4)))
            world.Actors.Add(new Actor(id, 1, (seed >> id[0]) % 2 == 0 ? "h1" : "h0"));
        foreach (var chance in chances) Chaos.Happen(world, chance);
        var rounds = Peace(world, new Lottery(seed ^ 0x5eed));
        Judgement(world);
        Replay(world);
        reached.UnionWith(world.Truth.Reached);
        if (world.Present is { IsTerminal: true, Cause: { } cause }) reached.Add(("failed", (int)cause.Type));
        return rounds;
    }

    private static int Peace(World world, Lottery lottery)
    {
        foreach (var actor in world.Actors)
        {
            actor.Stuck = false;
            if (actor.Held is { Count: > 0 } held && lottery.Below(2) == 0) held.ForEach(world.Append);
            actor.Held = null;
            // Whoever is stopped or hangs may stay so for ever; somebody else has to do.
            if (actor.Health is Health.Frozen or Health.Hanging && lottery.Below(3) == 0) actor.Health = Health.Well;
        }
        var present = world.Present;
        var able = world.Actors.Any(a => a.Health == Health.Well
            && present.Members.GetValueOrDefault(a.Incarnation) is null or { Status: MemberStatus.Joined });
        if (!able || lottery.Below(4) == 0) world.Restart("Z", lottery.Below(2) == 0 ? "h0" : "h2");
        if (present.Status == OperationStatus.Running && lottery.Below(2) == 0)
            world.Propose(world.Restart("Y", "h3"), new AbortRequested("enough"));
        var quiet = 0;
        var arrival = lottery.Below(40);
        for (var round = 0; ; round++)
        {
            if (round == arrival) SupervisorComes(world);
            if (world.Present.IsTerminal || quiet > Quiet) return round;
            Properties.Require(round < MostRounds, "peace did not bring an end: " + Stories.State(world.Present));
            var length = world.Log.Count;
            world.NowMs += World.IntervalMs;
            foreach (var actor in world.Actors.OrderBy(_ => lottery.Next()).ToList())
            {
                if (actor.Health != Health.Well) continue;
                // Now and then on what it knew before: others, or itself, may have done the same work meanwhile.
                if (lottery.Below(3) > 0) actor.View = world.Log.Count;
                world.Tick(actor, torn: round < FewRounds && lottery.Below(4) == 0);
            }
            quiet = length == world.Log.Count ? quiet + 1 : 0;
        }
    }

    /// <summary>Supervisors start when they like: in time for a crash, or too late.</summary>
    private static void SupervisorComes(World world)
    {
        var supervisor = world.Restart("W", "h0");
        supervisor.Supervises.Add(Actor.Role(0));
        world.Propose(supervisor, new ParticipantJoined(supervisor.Process));
        world.Propose(supervisor, new SupervisorRegistered(Actor.Role(0), 0, 300));
    }

    /// <summary>What must be true when all is over.</summary>
    private static void Judgement(World world)
    {
        var end = world.Present;
        var truth = world.Truth;
        Properties.Require(end.Status != OperationStatus.Cleanup, "a cleanup did not end");
        foreach (var f in end.Stack.Values)
        {
            Properties.Require(f.Status != FrameStatus.Crashed, $"{f.CallId} was not cleaned: {Stories.State(end)}");
            Properties.Require(!f.Cancelled || f.Status != FrameStatus.Active, $"{f.CallId} is cancelled and stays");
        }
        foreach (var (position, frame) in truth.Crashed)
        {
            Properties.Require(truth.CleanedUp.GetValueOrDefault(position) == 1, $"{frame.CallId}: not exactly one entry");
            Properties.Require(frame.Resources.IsEmpty || truth.Deleted.Contains(position) || truth.Reported.Contains(position),
                $"the resources of {frame.CallId} were forgotten");
            if (frame.SupervisorId is not { } id || end.Supervisors.GetValueOrDefault(id) is not { Dead: false } r) continue;
            var supervisor = world.Actors.First(a => a.Incarnation == r.Incarnation);
            Tell(world, supervisor);
            Properties.Require(supervisor.Health != Health.Well || truth.Notified.Contains(position),
                $"{r.Incarnation} was never told of {frame.CallId}");
        }
        if (!end.IsTerminal) return;
        var late = world.Restart("L", "h0");
        late.Supervises.UnionWith([Actor.Role(0), Actor.Role(1), "U"]);
        Tell(world, late);
        Properties.Require(world.Present.Unconfirmed.IsEmpty, "a crash stays unconfirmed for ever");
    }

    private static void Tell(World world, Actor supervisor)
    {
        if (supervisor.Health != Health.Well) return;
        supervisor.View = world.Log.Count;
        world.Tick(supervisor);
    }

    /// <summary>Whoever reads the same lines comes to the same state.</summary>
    private static void Replay(World world)
    {
        OperationState? state = null;
        foreach (var entry in world.Log)
        {
            var line = new System.Buffers.ArrayBufferWriter<byte>();
            EntryCodec.Write(line, entry);
            EntryCodec.Read(line.WrittenSpan[1..^1], false, out var read, out _);
            state = state is null ? Fold.Begin(read!) : Fold.Apply(state, read!).State;
        }
        Properties.Require(Canon.Text(state!) == Canon.Text(world.Present), "a replica differs");
    }
}
