using Ledger.Model.Groups;
using Ledger.Testing.Simulation.Reference;
using Ledger.Testing.Simulation.Supervision;

namespace Ledger.Testing.Simulation.Features;

/// <summary>Whatever a process has read of a group is what the disk has, across seals too; streams tell each coming and going
/// once.</summary>
internal sealed class GroupReadersFeature : SimulationFeature
{
    private readonly Dictionary<(string Incarnation, string Group), GroupState> seen = [];

    public override string Name => "groupReader";

    public override IReadOnlyList<(string Verb, int Weight)> Verbs => [("stream", 2)];

    public override void Take(SimulationWorld world, SimulationStep step)
    {
        if (step.Choose(0, [.. world.Stage.Seats.Where(s => s.IsAwake)]) is not { } seat) return;
        world.Aside("a stream", () => FollowAsync(world, seat, step.Throw(1, 10)));
    }

    public override void Check(SimulationWorld world)
    {
        foreach (var actor in world.Actors.Where(a => a.IsThere))
        {
            foreach (var state in actor.Process.Participant.Core.Groups.All.Select(g => g.State))
            {
                var key = (actor.Incarnation, state.GroupId);
                if (ReferenceEquals(seen.GetValueOrDefault(key), state)) continue;
                seen[key] = state;
                var truth = world.Groups.Find(state.GroupId)?.At(state.Position);
                world.Require(truth is not null, $"{actor} has read {state.Position} entries of {state.GroupId}, and there are not so many");
                var mine = ReferenceGroup.Text(state);
                world.Require(mine == truth, $"at {state.Position} of {state.GroupId} {actor} has\n{mine}\nand it is\n{truth}");
            }
        }
    }

    private static async Task FollowAsync(SimulationWorld world, GroupSeat seat, int after)
    {
        var told = new HashSet<(string, GroupMemberStatus)>();
        long position = after;
        await foreach (var change in seat.Group!.Changes(after, seat.Group.Ended).ConfigureAwait(false))
        {
            var isNext = change.Outcome is null ? change.Position > position : change.Position == position + 1;
            world.Require(isNext, $"{seat.Actor} was told of position {change.Position} of {seat.GroupId} behind {position}");
            position = change.Position;
            foreach (var m in change.Outcome?.Events.OfType<MembershipChanged>() ?? [])
                world.Require(told.Add((m.Incarnation, m.Status)), $"{seat.Actor} was told twice that {m.Incarnation} is {m.Status}");
        }
    }
}
