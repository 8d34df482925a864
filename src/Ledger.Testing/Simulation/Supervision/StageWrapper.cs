using Ledger.Groups;
using Ledger.Model.Groups;
using Ledger.Testing.Simulation.Features;

namespace Ledger.Testing.Simulation.Supervision;

/// <summary>What a process does that was spawned for a supervisor: joins, holds the program, activates, lets it begin; and ends
/// when its supervisor is over, or it is put out.</summary>
internal static class StageWrapper
{
    /// <summary>Starting a process takes a while.</summary>
    public static void Begin(
        SimulationWorld world, SimulationActor spawner, LedgerGroup group, string supervisorId, SimulatedProcess process, string token)
    {
        var (machine, runId, groupId) = (world.Stage.MachineOf(spawner.Host), spawner.Incarnation, group.GroupId);
        var takes = TimeSpan.FromMilliseconds(20 + (process.Identity.Pid * 37 % 400));
        world.After(takes, () =>
        {
            if (machine.Find(process.Identity.Pid) != process) return;
            if (world.Start($"w-{supervisorId}", spawner.Host, process.Identity) is not { } actor)
            {
                machine.Exit(process, 1);
                return;
            }
            world.Stage.Link(process, actor);
            world.Aside($"run supervisor {supervisorId}", () => RunAsync(world, actor, groupId, supervisorId, runId, token));
        });
    }

    private static async Task RunAsync(
        SimulationWorld world, SimulationActor actor, string groupId, string supervisorId, string runId, string token)
    {
        try
        {
            var seat = new GroupSeat(world, actor, groupId);
            await seat.JoinAsync(new GroupOptions { CanOrchestrate = true, CanSpawn = true, RunId = runId }).ConfigureAwait(false);
            CommandsFeature.Handle(world, seat);
            var group = seat.Group!;
            // Registered anew meanwhile, without a program: what it was spawned for is over.
            if (group.State.Supervisors.GetValueOrDefault(supervisorId) is not { Settings.StartInfo: not null } supervisor) return;
            var held = seat.Executor.Hold(group, supervisor, supervisor.Run);
            var run = await group.ActivateAsync(supervisorId, token, held.Program).ConfigureAwait(false);
            world.Require(run == supervisor.Run || !group.IsMember, $"{actor} activated run {run} and holds the program of {supervisor.Run}");
            held.Release();
            await group.WaitUntilAsync(s => !IsMine(s, supervisorId, actor.Incarnation), group.Ended).ConfigureAwait(false);
        }
        catch (StartFailedException)
        {
            // Its spawner tells that it ended.
        }
        finally
        {
            if (actor.IsThere) world.Do(actor, "end", () => EndAsync(world, actor));
        }
    }

    private static bool IsMine(GroupState s, string supervisorId, string incarnation) =>
        s.Supervisors.GetValueOrDefault(supervisorId) is { } x && x.Incarnation == incarnation
        && x.Status is not (SupervisorStatus.Dead or SupervisorStatus.Stopped);

    private static async Task EndAsync(SimulationWorld world, SimulationActor actor)
    {
        actor.IsLeaving = true;
        try
        {
            await actor.Process.Participant.StopAsync("its supervisor is over").ConfigureAwait(false);
        }
        finally
        {
            if (actor.IsThere) world.After(TimeSpan.Zero, actor.Process.Crash);
        }
    }
}
