using Ledger.Model;
using Ledger.Testing.Simulation.Reference;

namespace Ledger.Testing.Simulation.Features;

/// <summary>Operations are created, joined, handed over, aborted, completed and left; in the end each is over and in the
/// backup.</summary>
internal sealed class OperationsFeature : SimulationFeature
{
    private const int MostOperations = 6;
    private readonly HashSet<string> ids = new(StringComparer.Ordinal);

    public override string Name => "operation";

    public override IReadOnlyList<(string Verb, int Weight)> Verbs =>
        [("create", 3), ("recreate", 1), ("join", 10), ("handOver", 1), ("abort", 1), ("complete", 2), ("leave", 2), ("guard", 2)];

    public override void Begin(SimulationWorld world)
    {
        if (world.Actors.Count == 0) return;
        Create(world, world.Actors[0], NextId());
        foreach (var actor in world.Actors.Skip(1).Where(a => (world.Seed + (ulong)a.Number) % 4 > 0))
            world.Do(actor, "join op0", () => JoinAsync(world, actor, "op0"));
    }

    public override void Take(SimulationWorld world, SimulationStep step)
    {
        if (world.Who(step) is not { } actor) return;
        var mine = step.Choose(0, [.. actor.Operations.Values]);
        var known = step.Choose(0, [.. ids.Order(StringComparer.Ordinal)]);
        switch (step.Verb)
        {
            case "create" when ids.Count < MostOperations:
                Create(world, actor, NextId());
                break;
            case "recreate" when known is not null:
                Create(world, actor, known);
                break;
            case "join" when known is not null && !actor.Operations.ContainsKey(known):
                world.Do(actor, $"join {known}", () => JoinAsync(world, actor, known));
                break;
            case "handOver" when mine is not null && step.Choose(1, world.Actors) is { } heir:
                world.Do(actor, $"hand {mine.Id} over", () => mine.HandOverAsync(heir.Id).AsTask());
                break;
            case "abort" when known is not null:
                world.Do(actor, $"abort {known}", () => AbortAsync(world, actor, known));
                break;
            case "complete" when mine is not null:
                world.Do(actor, $"complete {mine.Id}", () => CompleteAsync(world, mine));
                break;
            case "leave" when mine is not null:
                world.Do(actor, $"leave {mine.Id}", () => LeaveAsync(actor, mine, step.Throw(1, 2, 1) ? "had enough" : null));
                break;
            case "guard" when mine is not null:
                world.Do(actor, $"guarded work in {mine.Id}", () => mine.GuardAsync(
                    token => new TaskCompletionSource<int>().Task.WaitAsync(token), null, TimeSpan.FromSeconds(5 + step.Throw(1, 60))));
                break;
        }
    }

    /// <summary>Who started an operation completes it as soon as it can.</summary>
    public override void WindDown(SimulationWorld world)
    {
        foreach (var actor in world.Actors.Where(a => a is { IsAwake: true, IsLeaving: false }))
        {
            foreach (var lost in world.Reference.Operations.Where(o => o.Status == OperationStatus.Running && o.Initiator == actor.Incarnation
                && !actor.Operations.ContainsKey(o.Id)).ToList())
                world.Do(actor, $"join {lost.Id}, which it was told could not be created", () => JoinAsync(world, actor, lost.Id));
            foreach (var handle in actor.Operations.Values.ToList())
            {
                var operation = world.Reference.Find(handle.Id);
                if (operation is { Status: OperationStatus.Running } && operation.Initiator == actor.Incarnation && !operation.Stack.Any())
                    world.Do(actor, $"complete {handle.Id}", () => CompleteAsync(world, handle));
            }
        }
    }

    public override string? Unfinished(SimulationWorld world)
    {
        var open = world.Reference.Operations.FirstOrDefault(o => !o.IsTerminal || !world.Reference.IsArchived(o.Id));
        if (open is null) return null;
        return $"operation {open.Id} is {open.Status} ({open.Cause}), initiator {open.Initiator}"
            + $", stack {string.Join(", ", open.Stack.Select(f => $"{f.CallId} of {f.Incarnation}: {f.Status}{(f.Cancelled ? " cancelled" : "")}"))}"
            + $", {(world.Reference.IsArchived(open.Id) ? "archived" : "not archived")}";
    }

    /// <summary>Whoever asked how it ended was told what the log says.</summary>
    public override void Judge(SimulationWorld world) =>
        world.Require(world.Reference.Damage() is not { } damage, world.Reference.Damage() ?? "");

    private string NextId() => $"op{ids.Count}";

    private void Create(SimulationWorld world, SimulationActor actor, string id)
    {
        ids.Add(id);
        world.Do(actor, $"create {id}", async () =>
        {
            var existed = world.Reference.Find(id) is not null;
            var handle = await actor.Process.Participant.CreateOperationAsync(id).ConfigureAwait(false);
            world.Require(!existed, $"{id} was created although it exists");
            world.Require(world.Reference.Find(id)?.Entries[0].Entry.Incarnation == actor.Incarnation,
                $"{actor.Id} was told that it created {id}, and the log does not say so");
            Opened(world, actor, handle);
        });
    }

    private static async Task JoinAsync(SimulationWorld world, SimulationActor actor, string id)
    {
        var handle = await actor.Process.Participant.JoinOperationAsync(id).ConfigureAwait(false);
        world.Require(world.Reference.Find(id)?.Members.ContainsKey(actor.Incarnation) == true,
            $"{actor.Id} was told that it joined {id}, and the log does not say so");
        Opened(world, actor, handle);
    }

    private static void Opened(SimulationWorld world, SimulationActor actor, Operation handle)
    {
        actor.Add(handle);
        world.Do(actor, $"wait for the end of {handle.Id}", async () =>
        {
            var end = await handle.WaitForTerminalAsync().ConfigureAwait(false);
            var truth = world.Reference.Find(handle.Id);
            world.Require(truth?.Status == end.Status, $"{actor.Id} was told that {handle.Id} is {end.Status}, and it is {truth?.Status}");
        });
        world.Do(actor, $"wait for the cleanup of {handle.Id}", async () =>
        {
            var seen = await handle.WaitForCleanupAsync().ConfigureAwait(false);
            var truth = world.Reference.Find(handle.Id);
            world.Require(seen.IsCompleted == (truth?.Status == OperationStatus.Completed),
                $"{actor.Id} saw the cleanup of {handle.Id} as {seen.Status}, and it is {truth?.Status}");
        });
    }

    private static async Task LeaveAsync(SimulationActor actor, Operation handle, string? failure)
    {
        await handle.LeaveAsync(failure).ConfigureAwait(false);
        actor.Remove(handle.Id);
    }

    private static async Task AbortAsync(SimulationWorld world, SimulationActor actor, string id)
    {
        if (!await actor.Process.Participant.AbortAsync(id, "enough").ConfigureAwait(false)) return;
        world.Require(Accepted<AbortRequested>(world, id).Any(e => e.Entry.Incarnation == actor.Incarnation),
            $"{actor.Id} was told that it aborted {id}, and the log does not say so");
    }

    private static async Task CompleteAsync(SimulationWorld world, Operation handle)
    {
        await handle.CompleteAsync().ConfigureAwait(false);
        world.Require(world.Reference.Find(handle.Id)?.Status == OperationStatus.Completed, $"{handle.Id} is completed, and the log does not say so");
    }

    private static IEnumerable<ReferenceEntry> Accepted<T>(SimulationWorld world, string id) where T : EntryData =>
        world.Reference.Find(id)?.Entries.Where(e => e.Accepted && e.Data is T) ?? [];
}
