using Ledger.Groups;
using Ledger.Model.Groups;
using Ledger.Testing.Simulation.Supervision;

namespace Ledger.Testing.Simulation.Features;

/// <summary>Processes join and leave two groups, invited or not; in the end somebody orchestrates, and who is gone is no
/// member.</summary>
internal sealed class MembersFeature : SimulationFeature
{
    private static readonly string[] Ids = ["g", "x"];

    private readonly Dictionary<(SimulationActor, string), GroupSeat> tried = [];

    public override string Name => "member";

    public override IReadOnlyList<(string Verb, int Weight)> Verbs => [("join", 14), ("drain", 4), ("leave", 2), ("invite", 3)];

    public override void Begin(SimulationWorld world)
    {
        world.Groups.OnEntry += (_, e, outcome) =>
        {
            if (outcome.Accepted && e.Data is MemberCrashed d) EvidenceFeature.RequireDead(world, d.Accused, d.Evidence);
        };
        foreach (var actor in world.Actors)
            Join(world, actor, Ids[0], new GroupOptions { CanOrchestrate = actor.Number % 3 < 2, CanSpawn = actor.Number % 4 > 0 });
    }

    public override void Take(SimulationWorld world, SimulationStep step)
    {
        if (step.Verb == "join")
        {
            var options = new GroupOptions { CanOrchestrate = step.Throw(1, 4, 3), CanSpawn = step.Throw(2, 4, 3) };
            var group = Ids[step.Throw(0, 4) / 3];
            var outside = world.Actors.Where(a => a is { IsAwake: true, IsLeaving: false } && !IsSeated(world, a, group)).ToList();
            if (step.Choose(3, outside) is { } actor) Join(world, actor, group, options);
            return;
        }
        if (step.Choose(0, [.. world.Stage.Seats.Where(s => s.IsAwake)]) is not { } seat) return;
        switch (step.Verb)
        {
            case "drain":
                world.Do(seat.Actor, "drain", () => seat.Group!.DrainAsync());
                break;
            case "leave":
                world.Do(seat.Actor, "leave", () => seat.Group!.LeaveAsync());
                break;
            case "invite":
                world.Do(seat.Actor, "invite", () => InviteAsync(world, seat, step));
                break;
        }
    }

    /// <summary>On each host somebody is there for every group. Who was told that it could not join, and is a member all the same,
    /// joins again: others wait for it at barriers.</summary>
    public override void WindDown(SimulationWorld world)
    {
        foreach (var group in world.Groups.All.ToList())
        {
            foreach (var actor in world.Actors.Where(a => a is { IsAwake: true, IsLeaving: false }
                && (a.Id.StartsWith("janitor-", StringComparison.Ordinal) || group.State.IsPresent(a.Incarnation))).ToList())
                Join(world, actor, group.Id, new GroupOptions { CanOrchestrate = true, CanSpawn = true });
        }
    }

    public override string? Unfinished(SimulationWorld world)
    {
        foreach (var s in world.Groups.All.Select(g => g.State))
        {
            if (s.Acting is null || s.Orchestrator!.Status != OrchestratorStatus.Running) return $"nobody orchestrates {s.GroupId}";
            var gone = s.Members.Values.FirstOrDefault(m => m.IsPresent && !world.Actors.Any(a => a.IsAwake && a.Incarnation == m.Incarnation));
            if (gone is not null) return $"{gone.ParticipantId} ({gone.Incarnation}) does nothing any more, and is a member of {s.GroupId}";
            if (s.Invitations.Values.FirstOrDefault(i => i.Status == InvitationStatus.Open) is { } open) return $"invitation {open.InviteId} is open";
        }
        return null;
    }

    private static bool IsSeated(SimulationWorld world, SimulationActor actor, string groupId) =>
        world.Stage.Seats.Any(s => s.Actor == actor && s.GroupId == groupId);

    private void Join(SimulationWorld world, SimulationActor actor, string groupId, GroupOptions options)
    {
        if (IsSeated(world, actor, groupId)) return;
        if (!tried.TryGetValue((actor, groupId), out var seat)) tried[(actor, groupId)] = seat = new GroupSeat(world, actor, groupId);
        world.Do(actor, $"join {groupId}", async () =>
        {
            await seat.JoinAsync(options).ConfigureAwait(false);
            CommandsFeature.Handle(world, seat);
        });
    }

    /// <summary>Who is invited comes soon, late, with another token, or finds that it was put off.</summary>
    private async Task InviteAsync(SimulationWorld world, GroupSeat seat, SimulationStep step)
    {
        var id = $"guest{step.Throw(1, 3)}";
        var invitation = await seat.Group!.InviteAsync(id).ConfigureAwait(false);
        var token = step.Throw(2, 5, 1) ? "another" : invitation.Token;
        var delay = TimeSpan.FromMilliseconds(step.Throw(3, 5, 1) ? 31_000 : step.Throw(4, 2_000));
        var host = step.Choose(5, world.Hosts)!;
        world.After(delay, () =>
        {
            if (world.Start(id, host) is not { } guest) return;
            Join(world, guest, seat.GroupId, new GroupOptions { InviteId = invitation.InviteId, Token = token });
        });
        if (step.Throw(6, 5, 1)) await seat.Group.CancelInvitationAsync(invitation.InviteId).ConfigureAwait(false);
    }
}
