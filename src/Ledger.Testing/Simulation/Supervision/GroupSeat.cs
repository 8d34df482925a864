using Ledger.Groups;
using Ledger.Model.Groups;
using Ledger.Runtime.Replication;

namespace Ledger.Testing.Simulation.Supervision;

/// <summary>One process in one group.</summary>
internal sealed class GroupSeat(SimulationWorld world, SimulationActor actor, string groupId)
{
    private static readonly SegmentOptions Small = new(12, 1 << 20);

    private bool isWatched;

    public SimulationActor Actor => actor;

    public string GroupId => groupId;

    /// <summary>Null until it has joined.</summary>
    public LedgerGroup? Group { get; private set; }

    /// <summary>What does its work with processes, before any fault.</summary>
    public StageExecutor Executor { get; } = new(world, actor);

    /// <summary>True while it can act: it has joined, and its code runs.</summary>
    public bool IsAwake => Group is { IsMember: true } && actor is { IsAwake: true, IsLeaving: false };

    /// <summary>Joins; ends what it runs when it is put out. It may be a member and not know it, because the disk failed: until it
    /// joins again it acts all the same.</summary>
    public async Task JoinAsync(GroupOptions options)
    {
        var executor = world.Stage.Wrap?.Invoke(Executor) ?? Executor;
        var participant = actor.Process.Participant;
        try
        {
            var group = await participant.JoinGroupAsync(groupId, options with
            {
                Executor = executor,
                Segments = Small,
                LeaveBound = TimeSpan.FromSeconds(3),
            }).ConfigureAwait(false);
            if (Group is null) world.Stage.Add(this);
            Group = group;
        }
        finally
        {
            if (!isWatched && participant.Core.Groups.Find(groupId) is { } present)
            {
                isWatched = true;
                present.Ended.Register(Executor.EndAll);
            }
        }
    }

    /// <summary>What the log says of a supervisor.</summary>
    public SupervisorEntry? Find(string supervisorId) =>
        world.Groups.Find(groupId)?.State.Supervisors.GetValueOrDefault(supervisorId);
}
