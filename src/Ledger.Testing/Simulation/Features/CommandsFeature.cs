using Ledger.Groups;
using Ledger.Model.Groups;
using Ledger.Platform;
using Ledger.Testing.Simulation.Supervision;

namespace Ledger.Testing.Simulation.Features;

/// <summary>Members send each other commands, also twice under one id, and meet at barriers. Each command is executed at most
/// once, after it was taken, and has one outcome that everybody is told; in the end each has one, and all barriers are
/// complete.</summary>
internal sealed class CommandsFeature : SimulationFeature
{
    private readonly Dictionary<string, CommandResult> told = new(StringComparer.Ordinal);
    private readonly HashSet<(GroupSeat Seat, string Barrier)> reaching = [];
    private int number;

    public override string Name => "command";

    public override IReadOnlyList<(string Verb, int Weight)> Verbs => [("send", 15), ("repeat", 4), ("barrier", 5)];

    public override void Take(SimulationWorld world, SimulationStep step)
    {
        if (step.Choose(0, [.. world.Stage.Seats.Where(s => s.IsAwake)]) is not { } seat) return;
        if (step.Verb == "barrier")
        {
            Meet(world, seat, $"b{step.Throw(1, 6)}");
            return;
        }
        if (step.Verb == "send") number++;
        var id = $"c{(step.Verb == "send" ? number : step.Throw(2, number + 1))}";
        if (step.Choose(1, step.Throw(6, 5, 1) ? world.Actors : [.. world.Stage.Seats.Where(s => s.GroupId == seat.GroupId).Select(s => s.Actor)]) is not { } receiver) return;
        var deadline = TimeSpan.FromMilliseconds(300 + step.Throw(3, step.Throw(4, 2, 1) ? 1_500 : 20_000));
        world.Do(seat.Actor, $"send {id}", async () =>
        {
            var result = await seat.Group!.SendAsync(receiver.Id, "do", $"{step.Throw(5, 8)}", deadline, id).ConfigureAwait(false);
            var key = $"{seat.GroupId} {id}";
            world.Require(result == told.GetValueOrDefault(key, result), $"{key} had the outcome {told.GetValueOrDefault(key)}, and now {result}");
            told[key] = result;
            var truth = world.Groups.Find(seat.GroupId)!.State.Commands[id];
            world.Require(truth.Status == result.Status && truth.Answer == result.Answer, $"{key} was told to be {result}, and is {truth}");
        });
    }

    /// <summary>Everyone goes where it is awaited.</summary>
    public override void WindDown(SimulationWorld world)
    {
        foreach (var seat in world.Stage.Seats.Where(s => s.IsAwake).ToList())
        {
            foreach (var b in world.Groups.Find(seat.GroupId)!.State.Barriers.Values.Where(b => b.Waiting.Contains(seat.Actor.Incarnation)))
                Meet(world, seat, b.BarrierId);
        }
    }

    public override string? Unfinished(SimulationWorld world)
    {
        foreach (var s in world.Groups.All.Select(g => g.State))
        {
            if (s.Commands.Values.FirstOrDefault(c => !c.IsOver) is { } open) return $"command {open.CommandId} of {s.GroupId} has no outcome";
            if (s.Barriers.Values.FirstOrDefault(b => b.CompletedAt == 0) is { } barrier) return $"barrier {barrier.BarrierId} waits for {string.Join(", ", barrier.Waiting)}";
        }
        return world.Waiting().FirstOrDefault();
    }

    /// <summary>Lets a member take commands: some take a while, some fail.</summary>
    public static void Handle(SimulationWorld world, GroupSeat seat)
    {
        var (actor, incarnation) = (seat.Actor, seat.Actor.Incarnation);
        seat.Group!.HandleCommands(async (command, token) =>
        {
            var truth = world.Groups.Find(seat.GroupId)!.State.Commands.GetValueOrDefault(command.CommandId);
            world.Require(truth is { Status: not CommandStatus.Sent } && truth.To == incarnation, $"{actor} executes {command.CommandId}, and has not taken it");
            world.Require(world.Stage.Executed.Add((seat.GroupId, command.CommandId)), $"{command.CommandId} of {seat.GroupId} is executed twice");
            var manner = command.Arguments is { } text ? text[0] - '0' : 0;
            if (manner == 1) world.CountFault("callback throws");
            if (manner > 4) await actor.Process.Time.Delay(TimeSpan.FromMilliseconds(400 * (manner - 4)), token).ConfigureAwait(false);
            return manner == 1 ? throw new InvalidOperationException("no") : $"\"{actor.Id}\"";
        });
    }

    private void Meet(SimulationWorld world, GroupSeat seat, string barrier)
    {
        if (!reaching.Add((seat, barrier))) return;
        world.Do(seat.Actor, $"meet at {barrier}", async () =>
        {
            try
            {
                await seat.Group!.BarrierAsync(barrier, seat.Group.Ended).ConfigureAwait(false);
            }
            finally
            {
                reaching.Remove((seat, barrier));
            }
        });
    }
}
