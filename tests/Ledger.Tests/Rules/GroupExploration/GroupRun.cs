using System.Buffers;
using System.Text;
using Ledger.Log.Groups;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;
using Ledger.Testing.Simulation;
using Ledger.Tests.Rules.Exploration;

namespace Ledger.Tests.Rules.GroupExploration;

/// <summary>One exploration: some chaos, then peace, in which everything must come to its end.</summary>
internal static class GroupRun
{
    public const int MostActors = 24;

    /// <summary>Rounds within which everything must be settled once the faults stop. They grow longer, to pass all start
    /// time-outs and waits of a restart policy.</summary>
    private const int MostRounds = 400;

    public static List<GroupChance> Plan(ulong seed)
    {
        var lottery = new Lottery(seed);
        var weights = Enum.GetValues<GroupHappening>().SelectMany(h => Enumerable.Repeat(h, Weight(h))).ToArray();
        return [.. Enumerable.Range(0, 80 + lottery.Below(160))
            .Select(_ => new GroupChance(weights[lottery.Below(weights.Length)], lottery.Below(1000), lottery.Next()))];
    }

    private static int Weight(GroupHappening h) => h switch
    {
        GroupHappening.Tick => 50,
        GroupHappening.Read => 10,
        GroupHappening.Use => 20,
        GroupHappening.Wait or GroupHappening.Meddle => 8,
        GroupHappening.Fail => 12,
        GroupHappening.Deliver => 5,
        _ => 2,
    };

    public static void Play(ulong seed, IEnumerable<GroupChance> chances, GroupRuleBook rules, bool careless, HashSet<string> reached)
    {
        var world = new GroupWorld(rules) { Careless = careless };
        foreach (var id in new[] { "A", "B", "C", "D" }.Take(2 + (int)(seed % 3))) world.Start(id, (seed >> id[0]) % 2 == 0 ? "h0" : "h1");
        foreach (var chance in chances) GroupChaos.Happen(world, chance);
        Peace(world, new Lottery(seed ^ 0x5eed));
        Replay(world);
        reached.UnionWith(world.Truth.Reached);
    }

    private static void Peace(GroupWorld world, Lottery lottery)
    {
        foreach (var actor in world.Actors.ToList())
        {
            var held = actor.Held ?? [];
            actor.Held = null;
            if (lottery.Below(2) == 0) held.ForEach(world.Append);
            if (actor.Health == Health.Frozen && lottery.Below(3) == 0) GroupWorld.Resume(actor);
        }
        world.Start("Y", "h0");
        world.Start("Z", "h1");
        var some = world.Present.Supervisors.Keys.FirstOrDefault(_ => lottery.Below(3) == 0);
        if (some is not null) world.Propose(world.Actors[^1], new StopRequested(some));
        for (var round = 0; ; round++)
        {
            if (round % 8 == 7 && Unsettled(world) is null) return;
            if (round >= MostRounds)
                throw new PropertyException($"{Unsettled(world)}: {Groups.GroupText.State(world.Present)}");
            world.Wait(GroupWorld.IntervalMs * (1 + (round / 50)));
            foreach (var actor in world.Actors.OrderBy(_ => lottery.Next()).ToList())
            {
                if (actor.Health != Health.Well) continue;
                if (lottery.Below(3) > 0) actor.View = world.Log.Count;
                world.Tick(actor);
            }
        }
    }

    private static string? Unsettled(GroupWorld world)
    {
        var s = world.Present;
        var well = world.Actors.Where(a => a.Health == Health.Well).Select(a => a.Incarnation).ToHashSet();
        if (s.Acting is not { } acting || !well.Contains(acting)) return "nobody orchestrates";
        if (s.Commands.Values.FirstOrDefault(c => !c.IsOver) is { } c) return $"{c.CommandId} has no outcome";
        if (s.Members.Values.FirstOrDefault(m => m.IsPresent && !well.Contains(m.Incarnation)) is { } m) return $"{m.Incarnation} is dead";
        foreach (var x in s.Supervisors.Values)
        {
            var live = world.Programs.Count(p => p.IsLive && p.SupervisorId == x.SupervisorId);
            if (x.Status == SupervisorStatus.Running ? live > 1 : live > 0) return $"{x.SupervisorId}: {live} live programs";
            var waits = x.Settings.Dependencies.Any(d => s.Supervisors.GetValueOrDefault(d)?.Status is null or SupervisorStatus.Stopped);
            if (x.Status is SupervisorStatus.Running or SupervisorStatus.Dead or SupervisorStatus.Stopped) continue;
            if (!waits || SupervisorTable.MayLive(x.Status) || x.StopWanted) return $"{x.SupervisorId} is {x.Status}";
        }
        return null;
    }

    /// <summary>Whoever reads the same lines comes to the same state, and so does who reads the state's own lines.</summary>
    private static void Replay(GroupWorld world)
    {
        var state = GroupFold.Create("G", "");
        foreach (var entry in world.Log)
        {
            var line = new ArrayBufferWriter<byte>();
            GroupEntryCodec.Write(line, entry);
            GroupEntryCodec.Read(line.WrittenSpan[1..^1], false, out var read, out _);
            state = world.Rules.Fold(state, read!).State;
            if (state.Sealed) state = GroupStateCodec.Read(GroupStateCodec.Write(GroupFold.Continue(state)));
        }
        GroupProperties.Require(Text(state) == Text(world.Present), "a replica differs");
    }

    private static string Text(GroupState s) => string.Join('\n', GroupStateCodec.Write(s).Select(Encoding.UTF8.GetString));
}
