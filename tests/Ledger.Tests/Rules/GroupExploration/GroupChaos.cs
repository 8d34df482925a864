using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Testing.Simulation;
using Ledger.Tests.Rules.Exploration;
using Ledger.Tests.Rules.Groups;

namespace Ledger.Tests.Rules.GroupExploration;

/// <summary>The kinds of steps.</summary>
internal enum GroupHappening
{
    Read, Tick, Wait, Die, Freeze, Resume, Come, Retry, Hold, Deliver, Slander, Fail, Use, Meddle,
}

/// <summary>What happens next in a run. The numbers are read modulo whatever there is to choose from.</summary>
internal readonly record struct GroupChance(GroupHappening What, int Who, ulong Dice)
{
    /// <summary>The dice's n-th throw, below a bound.</summary>
    public int Throw(int n, int bound) => new Lottery(Dice + ((ulong)n << 32)).Below(bound);

    public override string ToString() => $"{What} by {Who} ({Dice})";
}

/// <summary>Everything that may happen while nothing is safe.</summary>
internal static class GroupChaos
{
    public static readonly string[] Supervisors = ["db", "api", "web"];

    public static void Happen(GroupWorld world, GroupChance c)
    {
        var actor = world.Actors[c.Who % world.Actors.Count];
        switch (c.What)
        {
            case GroupHappening.Wait: world.Wait(50 + c.Throw(0, 1500)); break;
            case GroupHappening.Die: world.Kill(actor); break;
            case GroupHappening.Freeze:
                if (actor.Health == Health.Well) (actor.Health, actor.SilentSince) = (Health.Frozen, world.NowMs);
                break;
            case GroupHappening.Resume: GroupWorld.Resume(actor); break;
            case GroupHappening.Come:
                if (world.Actors.Count < GroupRun.MostActors - 4) world.Start(actor.Id, actor.Host);
                break;
            case GroupHappening.Retry:
                if (actor.Latest is { } entry && actor.Held is null) world.Append(entry);
                break;
            case GroupHappening.Deliver: Deliver(world, actor, c); break;
            default:
                if (actor.Health == Health.Well) Do(world, actor, c);
                break;
        }
    }

    public static void Deliver(GroupWorld world, GroupActor actor, GroupChance c)
    {
        if (actor.Held is not { } held) return;
        actor.Held = null;
        foreach (var entry in held.Take(c.Throw(0, 2) == 0 ? held.Count : c.Throw(1, held.Count + 1))) world.Append(entry);
    }

    private static void Do(GroupWorld world, GroupActor actor, GroupChance c)
    {
        switch (c.What)
        {
            case GroupHappening.Read:
                var news = world.Log.Count - actor.View;
                actor.View += c.Throw(0, 3) > 0 ? news : c.Throw(1, news + 1);
                break;
            case GroupHappening.Tick:
                if (c.Throw(2, 4) > 0) actor.View = world.Log.Count;
                world.Tick(actor, c.Throw(0, 8) == 0 ? c.Throw(1, 4) : int.MaxValue);
                break;
            case GroupHappening.Hold: actor.Held ??= []; break;
            case GroupHappening.Slander:
                var target = world.Actors[c.Throw(0, world.Actors.Count)];
                world.Propose(actor, new MemberCrashed(
                    target.Id, target.Incarnation, EvidenceType.HeartbeatStale, 9999, world.Seen(actor).Position));
                break;
            case GroupHappening.Fail:
                var busy = world.Actors.Where(a => a.Health == Health.Well && world.Owned(a).Any(p => p.IsLive)).ToList();
                if (busy.Count > 0) Fail(world, busy[c.Throw(5, busy.Count)], c);
                break;
            case GroupHappening.Use:
                if (Use(world, actor, c) is { } data) world.Propose(actor, data);
                break;
            case GroupHappening.Meddle:
                if (Meddle(world, actor, c) is { } late) world.Propose(actor, late);
                break;
        }
    }

    /// <summary>A program of its ends; it says so, perhaps twice.</summary>
    private static void Fail(GroupWorld world, GroupActor actor, GroupChance c)
    {
        var live = world.Owned(actor).Where(p => p.IsLive).ToList();
        if (live.Count == 0) return;
        var program = live[c.Throw(0, live.Count)];
        var run = world.Present.Supervisors.GetValueOrDefault(program.SupervisorId)?.Run ?? 0;
        program.Ended = true;
        world.Propose(actor, new SupervisorFailed(program.SupervisorId, run, "run", "exit code 1"));
    }

    private static GroupEntryData? Use(GroupWorld world, GroupActor actor, GroupChance c)
    {
        var seen = world.Seen(actor);
        var members = seen.Members.Keys.ToList();
        var which = c.Throw(1, Supervisors.Length);
        var id = $"{Supervisors[which]}-{actor.Host}";
        var open = seen.Barriers.Keys.FirstOrDefault();
        return c.Throw(0, 24) switch
        {
            < 7 => new GroupSupervisorRegistered(
                id, GroupVerbs.Restartable([.. Supervisors.Take(which).Select(x => $"{x}-{actor.Host}")]), c.Throw(2, 3) > 0),
            < 15 => new CommandSent($"c{c.Throw(3, 12)}", members.Count == 0 ? "?" : members[c.Throw(4, members.Count)], "work", null, 700),
            15 => new StopRequested(id),
            16 => new StopRequested(null),
            17 => new MemberDraining(null),
            18 => Leave(world, actor),
            19 => new BarrierOpened($"b{c.Throw(5, 4)}"),
            < 23 => open is null ? null : new BarrierReached(open),
            _ => new SegmentSealed(seen.Segment),
        };
    }

    private static MemberLeft Leave(GroupWorld world, GroupActor actor)
    {
        foreach (var p in world.Owned(actor)) p.Ended = true;
        return new MemberLeft(null);
    }

    /// <summary>Entries that no plan asked for: late, stale, or of who has no business with it.</summary>
    private static GroupEntryData? Meddle(GroupWorld world, GroupActor actor, GroupChance c)
    {
        var seen = world.Seen(actor);
        var id = $"{Supervisors[c.Throw(1, Supervisors.Length)]}-{actor.Host}";
        var run = seen.Supervisors.GetValueOrDefault(id)?.Run ?? 0;
        var term = seen.Term;
        var past = world.States[c.Throw(6, actor.View + 1)].Supervisors.GetValueOrDefault(id)?.Run ?? 0;
        if (seen.Supervisors.GetValueOrDefault(id)?.Reservation?.TokenHash is not null && c.Throw(7, 2) == 0)
            return new SupervisorActivated(id, run, null, "a guess");
        return c.Throw(0, 10) switch
        {
            0 => new OrchestratorTakenOver(term, false),
            1 => new OrchestratorStopping(term),
            2 or 3 => new OrchestratorStopped(term),
            4 or 5 => new StartReserved(term, id, seen.Supervisors.GetValueOrDefault(id)?.Attempts ?? 0, actor.Incarnation),
            6 => new SupervisorActivated(id, run, null, "a guess"),
            7 => new SupervisorFailed(id, past, "late", "late"),
            8 => new CommandTaken($"c{c.Throw(3, 12)}"),
            _ => new CommandExpired($"c{c.Throw(3, 12)}"),
        };
    }
}
