using Ledger.Testing.Simulation.Reference;

namespace Ledger.Testing.Simulation.Features;

/// <summary>Whatever a process has read of an operation is what the disk has, up to where it has read: one order for all.
/// Streams deliver each position once.</summary>
internal sealed class ReadersFeature : SimulationFeature
{
    private readonly Dictionary<(string Incarnation, string Operation), object> seen = [];

    public override string Name => "reader";

    public override IReadOnlyList<(string Verb, int Weight)> Verbs => [("stream", 2)];

    public override void Take(SimulationWorld world, SimulationStep step)
    {
        if (world.Who(step) is not { } actor || step.Choose(0, [.. actor.Operations.Values]) is not { } handle) return;
        world.Do(actor, $"stream of {handle.Id}", () => FollowAsync(world, actor, handle, step.Throw(1, 10)));
    }

    public override void Check(SimulationWorld world)
    {
        foreach (var actor in world.Actors.Where(a => a.IsThere))
        {
            foreach (var runtime in actor.Process.Participant.Core.Operations)
            {
                var state = runtime.State;
                var key = (actor.Incarnation, runtime.OperationId);
                if (seen.TryGetValue(key, out var last) && ReferenceEquals(last, state)) continue;
                seen[key] = state;
                var truth = world.Reference.Find(runtime.OperationId);
                world.Require(truth?.Nonce == state.Nonce, $"{actor.Id} reads an operation {runtime.OperationId} that there is not");
                world.Require(state.Position <= truth!.Entries.Count, $"{actor.Id} has read {state.Position} entries of {runtime.OperationId}, and there are {truth.Entries.Count}");
                var mine = Projection.Of(state);
                var theirs = truth.After(state.Position);
                world.Require(mine == theirs, $"at {state.Position} of {runtime.OperationId} {actor.Id} has\n{mine}\nand it is\n{theirs}\nby {truth.Entries[(int)state.Position - 1].Entry}");
            }
        }
    }

    private static async Task FollowAsync(SimulationWorld world, SimulationActor actor, Operation handle, int after)
    {
        long position = after;
        await foreach (var change in handle.StateChanges(after).ConfigureAwait(false))
        {
            world.Require(change.Position == ++position, $"{actor.Id} was told of position {change.Position} of {handle.Id} instead of {position}");
            var entries = world.Reference.Find(handle.Id)!.Entries;
            world.Require(position <= entries.Count, $"{actor.Id} was told of position {position} of {handle.Id}, and there are {entries.Count} entries");
            var truth = entries[(int)position - 1];
            world.Require(change.Entry.Sequence == truth.Entry.Sequence && change.Entry.Incarnation == truth.Entry.Incarnation
                && change.Outcome.Accepted == truth.Accepted, $"{actor.Id} was told at {position} of {handle.Id}: {change.Entry}, accepted: {change.Outcome.Accepted}; it is {truth}");
        }
    }
}
