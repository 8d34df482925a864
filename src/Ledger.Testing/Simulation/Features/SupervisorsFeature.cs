using Ledger.Model;
using Ledger.Testing.Simulation.Reference;

namespace Ledger.Testing.Simulation.Features;

/// <summary>Supervisors register, are told, break and hang. Each crash of a call that names one is told in the end, to one that
/// bears its id, and a crash is cleaned by rule 3 only after it was told.</summary>
internal sealed class SupervisorsFeature : SimulationFeature
{
    private static readonly string[] Ids = ["S", "T"];
    private readonly List<(SimulationActor Actor, string Id, IDisposable Registration)> registered = [];
    private readonly HashSet<(string Operation, long Token)> told = [];
    private readonly List<SimulationActor> late = [];

    public override string Name => "supervisor";

    public override IReadOnlyList<(string Verb, int Weight)> Verbs => [("register", 4), ("unregister", 1)];

    public override void Begin(SimulationWorld world) => world.Reference.OnEntry += (o, e) => Heard(world, o, e);

    public override void Take(SimulationWorld world, SimulationStep step)
    {
        if (world.Who(step) is not { } actor) return;
        if (step.Verb == "register")
        {
            Register(world, actor, Ids[step.Throw(0, 5) / 4], step.Throw(1, 8), new SupervisorOptions
            {
                RestartGrace = TimeSpan.FromSeconds(step.Throw(2, 2) * step.Throw(3, 8)),
                CallbackBound = TimeSpan.FromMilliseconds(500 + step.Throw(4, 1_500)),
            });
        }
        else if (registered.FindIndex(r => r.Actor == actor) is >= 0 and var at)
        {
            registered[at].Registration.Dispose();
            registered.RemoveAt(at);
        }
    }

    public override string? Unfinished(SimulationWorld world)
    {
        if (world.Reference.Operations.Any(o => !o.IsTerminal || !world.Reference.IsArchived(o.Id))) return null;
        var open = world.Reference.Operations.FirstOrDefault(o => o.Unconfirmed.Count > 0);
        if (open is null) return null;
        ComeLate(world);
        return $"crashes that no supervisor confirmed, in {open.Id}: {string.Join(", ", open.Unconfirmed)}";
    }

    public override void Judge(SimulationWorld world)
    {
        foreach (var o in world.Reference.Operations)
        {
            foreach (var f in o.Frames.Values.Where(f => f.CrashedAt is not null && f.Start.SupervisorId is not null))
                world.Require(told.Contains((o.Id, f.Position)), $"no supervisor was told of the crash of {f.CallId} in {o.Id}");
        }
    }

    /// <summary>All is over, and what was not confirmed is told to whoever comes with the id.</summary>
    private void ComeLate(SimulationWorld world)
    {
        if (late.Count > 0 || world.Start("late", world.Hosts[0]) is not { } actor) return;
        late.Add(actor);
        foreach (var id in Ids) Register(world, actor, id, 7, new SupervisorOptions());
    }

    private void Register(SimulationWorld world, SimulationActor actor, string id, int manner, SupervisorOptions options)
    {
        if (registered.Exists(r => r.Actor == actor && r.Id == id)) return;
        world.Do(actor, $"register supervisor {id}", async () =>
            registered.Add((actor, id, await actor.Process.Participant
                .RegisterSupervisorAsync(id, new Handler(this, world, actor, id, manner), options).ConfigureAwait(false))));
    }

    private void Heard(SimulationWorld world, ReferenceOperation o, ReferenceEntry e)
    {
        if (!e.Accepted) return;
        if (e.Data is FrameCleanedUp { Rule: 3 } cleaned)
            world.Require(told.Contains((o.Id, cleaned.Token)), $"{cleaned.CallId} was cleaned by rule 3, and no supervisor was told");
        if (e.Data is CrashNotified notified)
            world.Require(told.Contains((o.Id, notified.Token)), $"the crash of {notified.CallId} was confirmed, and no supervisor was told");
    }

    private sealed class Handler(SupervisorsFeature feature, SimulationWorld world, SimulationActor actor, string id, int manner) : ISupervisor
    {
        public async ValueTask OnCallCrashedAsync(CrashedCall crash, CancellationToken cancellationToken)
        {
            var call = crash.Call;
            var frame = world.Reference.Find(call.OperationId)?.Frames.GetValueOrDefault(call.FencingToken);
            world.Require(frame?.CrashedAt is not null, $"{id} of {actor.Id} was told of a crash of {call.CallId} that there was not");
            world.Require(frame!.Start.SupervisorId == id && frame.CallId == call.CallId, $"{id} of {actor.Id} was told of {call.CallId}, which is not its");
            feature.told.Add((call.OperationId, call.FencingToken));
            var isSafe = world.IsCalm && feature.late.Contains(actor);
            if (manner < 2 && !isSafe) world.CountFault(manner == 0 ? "callback throws" : "callback hangs");
            if (manner == 0 && !isSafe) throw new InvalidOperationException("a supervisor broke");
            if (manner == 1 && !isSafe) await new TaskCompletionSource().Task.ConfigureAwait(false);
            if (manner < 4)
            {
                var work = Task.Delay(TimeSpan.FromMilliseconds(300 * manner), actor.Process.Time, CancellationToken.None);
                await work.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
