using Ledger.Model;

namespace Ledger.Tests.Rules.Exploration;

/// <summary>Everything that may happen while nothing is safe.</summary>
internal static class Chaos
{
    private const int MostActors = 10;

    public static void Happen(World world, Chance c)
    {
        var actor = world.Actors[c.Who % world.Actors.Count];
        if (world.Mild && actor.Incarnation == world.Present.Initiator && Harms(c.What)) return;
        switch (c.What)
        {
            case Happening.Wait:
                world.NowMs += 50 + c.Throw(0, 1200);
                break;
            case Happening.Deliver:
                Deliver(world, actor, c);
                break;
            case Happening.Retry:
                // A write can be on its way although its process is gone.
                if (actor.Latest is { } entry) world.Append(entry);
                break;
            case Happening.Die:
                world.Kill(actor);
                break;
            case Happening.Freeze:
                if (actor.Health is Health.Well or Health.Hanging) actor.SilentSince = world.NowMs;
                if (actor.Health != Health.Gone) actor.Health = Health.Frozen;
                break;
            case Happening.Hang:
                if (actor.Health == Health.Well) actor.Health = Health.Hanging;
                break;
            case Happening.Resume:
                if (actor.Health != Health.Gone) actor.Health = Health.Well;
                break;
            case Happening.Restart:
                if (world.Actors.Count < MostActors) world.Restart(actor.Id, actor.Host);
                break;
            default:
                if (actor.Health == Health.Well) Do(world, actor, c);
                break;
        }
    }

    private static bool Harms(Happening what) =>
        what is Happening.Die or Happening.Freeze or Happening.Hang or Happening.Hold;

    private static void Do(World world, Actor actor, Chance c)
    {
        switch (c.What)
        {
            case Happening.Read:
                var news = world.Log.Count - actor.View;
                actor.View += c.Throw(0, 3, 2) ? news : c.Throw(1, news + 1);
                break;
            case Happening.Tick:
                world.Tick(actor, c.Throw(0, 3, 1) && !(world.Mild && actor.Id == "A") ? c.Throw(1, 6) : int.MaxValue, torn: c.Throw(2, 4, 1));
                break;
            case Happening.Use:
                if (Use(world, actor, c) is { } data) world.Propose(actor, data);
                break;
            case Happening.Come:
                Come(world, actor, c);
                break;
            case Happening.Hold:
                actor.Held ??= [];
                break;
            case Happening.Slander:
                Slander(world, actor, c);
                break;
            case Happening.Stick:
                actor.Stuck = !actor.Stuck;
                break;
        }
    }

    private static void Deliver(World world, Actor actor, Chance c)
    {
        if (actor.Held is not { } held) return;
        actor.Held = c.Throw(0, 2, 1) ? [] : null;
        // Of a torn record a prefix arrives.
        foreach (var entry in held.Take(c.Throw(1, 2, 1) ? held.Count : c.Throw(2, held.Count + 1))) world.Append(entry);
    }

    private static void Come(World world, Actor actor, Chance c)
    {
        var member = world.Seen(actor).Members.ContainsKey(actor.Incarnation);
        if (!member) world.Propose(actor, new ParticipantJoined(actor.Process));
        if (!c.Throw(0, 3, 2)) return;
        var id = Actor.Role(c.Throw(1, 4) / 3);
        actor.Supervises.Add(id);
        world.Propose(actor, new SupervisorRegistered(id, c.Throw(2, 2) * 700, 100 + c.Throw(3, 400)));
    }

    private static void Slander(World world, Actor actor, Chance c)
    {
        var seen = world.Seen(actor);
        var target = world.Actors[c.Throw(0, world.Actors.Count)];
        if (world.Mild && target.Incarnation == world.Present.Initiator) return;
        var frames = seen.Stack.Values.Where(f => f.WatchdogMs is not null && f.Status == FrameStatus.Active).ToList();
        if (c.Throw(1, 2, 1) && frames.Count > 0)
        {
            var frame = frames[c.Throw(2, frames.Count)];
            world.Propose(actor, new CrashDetected(frame.ParticipantId, frame.Incarnation, EvidenceType.WatchdogExpired, 9,
                seen.Position, [frame.CallId], [frame.Position]));
        }
        else
            world.Propose(actor, new CrashDetected(
                target.Id, target.Incarnation, EvidenceType.HeartbeatStale, 9999, seen.Position, [], []));
    }

    private static EntryData? Use(World world, Actor actor, Chance c)
    {
        var seen = world.Seen(actor);
        var mine = seen.Stack.Values.Where(f => f.Incarnation == actor.Incarnation).ToList();
        var frame = mine.Count > 0 ? mine[c.Throw(0, mine.Count)] : null;
        var others = seen.Members.Keys.Order(StringComparer.Ordinal).ToList();
        return (c.Throw(1, world.Mild ? 33 : 40), frame) switch
        {
            ( < 17, _) => Start(world, actor, c),
            ( < 25, { } f) => new CallEnded(f.CallId, f.Position),
            ( < 29, { } f) => new CallFailed(f.CallId, f.Position, "broke"),
            ( < 31, { } f) => new ResourceRegistered(f.CallId, f.Position, ScriptVerbs.File("/more")),
            ( < 32, { } f) => new ResourceReleased(f.CallId, f.Position, "/more"),
            ( < 33, { } f) => new FrameRemoved(f.CallId, f.Position, null, []),
            (33, _) => new AbortRequested(null),
            (34, _) => new ParticipantLeft(c.Throw(2, 2, 1), null),
            (35, _) => new InitiatorChanged(others[c.Throw(2, others.Count)]),
            (36, _) => new CompleteRequested(),
            (37, _) => new OperationAbandoned(null),
            (38, _) => Meddle(seen, c),
            _ => null,
        };
    }

    /// <summary>A cleaning that no plan asked for; it does report the resources.</summary>
    private static FrameCleanedUp? Meddle(OperationState seen, Chance c)
    {
        if (seen.Stack.IsEmpty) return null;
        var frame = seen.Stack.Values.ElementAt(c.Throw(2, seen.Stack.Count));
        var supervisor = seen.Supervisors.GetValueOrDefault(Actor.Role(c.Throw(3, 2)))?.Incarnation;
        return new FrameCleanedUp(frame.CallId, frame.Position, 2 + c.Throw(4, 3), c.Throw(5, 2, 1) ? supervisor : null,
            [.. frame.Resources.Select(r => new LeftBehind(frame.CallId, r, "meddled", frame.Incarnation))]);
    }

    private static CallStarted Start(World world, Actor actor, Chance c)
    {
        var callers = world.Seen(actor).Stack.Values.Where(f => f.Status == FrameStatus.Active || c.Throw(8, 9, 1)).ToList();
        var caller = callers.Count > 0 && c.Throw(2, 5, 4) ? callers[^(1 + c.Throw(3, c.Throw(10, 2, 1) ? 1 : callers.Count))] : null;
        return new CallStarted($"c{world.Log.Count}-{actor.Sequence}", caller?.Position)
        {
            FailOnCrash = c.Throw(4, 2, 1) && (caller is not null || !world.Mild),
            SupervisorId = c.Throw(5, 8) switch { < 4 => Actor.Role(0), 4 => Actor.Role(1), 5 => "U", _ => null },
            CleanupBoundMs = c.Throw(6, 500),
            WatchdogMs = c.Throw(7, 4, 1) ? 300 : null,
            Description = actor.Host, // by it effects at another place are found out
            Resources = c.Throw(9, 2, 1) ? [ScriptVerbs.File("/f")] : [],
        };
    }
}
