using System.Collections.Concurrent;
using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Runtime.Groups;

/// <summary>Starts and stops what the group gives this member to start and stop. Before each step that touches processes the
/// log is looked at again: what was decided may be void by now, as after this process was frozen. What a start began is
/// undone when it did not take effect.</summary>
internal sealed class GroupStarts(GroupRuntime group)
{
    private readonly ConcurrentDictionary<string, Start> starts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes up a start that is reserved for this member.</summary>
    public void Begin(SupervisorEntry supervisor) => Errand(supervisor.SupervisorId, () => StartAsync(supervisor.SupervisorId, supervisor.Run));

    /// <summary>Stops a supervisor that this member runs, or whose program it is to end for a member that is gone.</summary>
    public void Stop(SupervisorEntry supervisor) => Errand(supervisor.SupervisorId, () => StopAsync(supervisor.SupervisorId, supervisor.Run));

    /// <summary>Ends starts that are void by now, and lets those be that took effect.</summary>
    public void Look(GroupState state)
    {
        foreach (var (id, start) in starts)
        {
            var fate = FateOf(state.Supervisors.GetValueOrDefault(id), start);
            if (fate == Fate.Open) continue;
            if (fate == Fate.Void) start.Cancel();
            if (start.Process is null || !starts.TryRemove(new(id, start))) continue;
            group.Core.Run(() => SettleAsync(start, fate));
        }
    }

    /// <summary>Asks every program of this member to end, and waits for it.</summary>
    public async Task StopAllAsync(CancellationToken cancellationToken)
    {
        foreach (var (_, start) in starts) start.Cancel();
        if (group.Options.Executor is not { } executor) return;
        var mine = group.State.Supervisors.Values.Where(x => x.Incarnation == group.Self && SupervisorTable.MayLive(x.Status));
        await Task.WhenAll(mine.Select(x => executor.StopAsync(group.Handle, x, cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>Tells that what was stopped has ended, once the group can be told: this process could not leave.</summary>
    public void ReportStopped()
    {
        if (group.Options.Executor is null) return;
        foreach (var x in group.State.Supervisors.Values.Where(x => x.Incarnation == group.Self && x.Status == SupervisorStatus.Running))
        {
            var report = new SupervisorFailed(x.SupervisorId, x.Run, "leave", "its process ended it to leave, and could not leave");
            group.Errands.Start($"report {x.SupervisorId}", () => group.ProposeSurelyAsync(report));
        }
    }

    private void Errand(string supervisorId, Func<Task> work)
    {
        // One key for all: nothing is done twice at once for one supervisor.
        group.Errands.Start($"supervisor {supervisorId}", async () =>
        {
            try
            {
                await work().ConfigureAwait(false);
            }
            finally
            {
                group.Attend();
            }
        });
    }

    private async Task StartAsync(string id, long run)
    {
        if (await LookAgainAsync(id, run, SupervisorStatus.Starting).ConfigureAwait(false) is not { } x) return;
        if (x.Reservation?.Executor != group.Self || starts.ContainsKey(id)) return;
        if (group.Options.Executor is not { } executor)
        {
            await FailAsync(id, run, "executor", "this member starts no programs").ConfigureAwait(false);
            return;
        }
        using var start = new Start(run, x.Incarnation == group.Self, group.Ended);
        starts[id] = start;
        try
        {
            await RunAsync(executor, x, start).ConfigureAwait(false);
        }
        catch (StartFailedException e)
        {
            await FailAsync(id, run, e.Step, e.Reason).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (start.Token.IsCancellationRequested)
        {
            // It is void by now: nothing was left of it, and nobody waits for its report.
        }
        finally
        {
            if (start.Process is null || start.InPlace) starts.TryRemove(new(id, start));
            else Look(group.State);
        }
    }

    private async Task RunAsync(IGroupExecutor executor, SupervisorEntry x, Start start)
    {
        var held = await executor.MakeWayAsync(group.Handle, x, start.Token).ConfigureAwait(false);
        if (!held.IsEmpty)
        {
            await group.TryProposeAsync(new ResourcesHeld(x.SupervisorId, start.Run, held), CancellationToken.None).ConfigureAwait(false);
            return;
        }
        if (start.InPlace) await StartHereAsync(executor, x, start).ConfigureAwait(false);
        else await SpawnAsync(executor, x, start).ConfigureAwait(false);
    }

    /// <summary>The program is held until the group has accepted that it runs.</summary>
    private async Task StartHereAsync(IGroupExecutor executor, SupervisorEntry x, Start start)
    {
        if (await LookAgainAsync(x.SupervisorId, start.Run, SupervisorStatus.Starting).ConfigureAwait(false) is not { } present) return;
        var program = await executor.HoldAsync(group.Handle, present, start.Token).ConfigureAwait(false);
        try
        {
            var outcome = await group.TryProposeAsync(
                new SupervisorActivated(x.SupervisorId, start.Run, program.Program), CancellationToken.None).ConfigureAwait(false);
            if (outcome.Accepted)
            {
                program.Release();
                return;
            }
        }
        catch (LedgerException)
        {
            await program.DiscardAsync().ConfigureAwait(false);
            // It may have been accepted all the same, and nothing runs.
            await FailAsync(x.SupervisorId, start.Run, "activation", "the log could not be written").ConfigureAwait(false);
            throw;
        }
        await program.DiscardAsync().ConfigureAwait(false);
    }

    private async Task SpawnAsync(IGroupExecutor executor, SupervisorEntry x, Start start)
    {
        var token = group.Ledger.NewHex(64);
        var hash = Invitations.Hash(Invitations.Hash(token));
        var taken = await group.TryProposeAsync(new StartTaken(x.SupervisorId, start.Run, hash), CancellationToken.None).ConfigureAwait(false);
        // What this process has read by now may be further: the supervisor is gone, or in another run.
        if (!taken.Accepted || group.State.Supervisors.GetValueOrDefault(x.SupervisorId) is not { } present || present.Run != start.Run) return;
        start.Process = await executor.SpawnAsync(group.Handle, present, token, start.Token).ConfigureAwait(false);
    }

    private async Task StopAsync(string id, long run)
    {
        if (await LookAgainAsync(id, run, SupervisorStatus.ShuttingDown).ConfigureAwait(false) is not { } x) return;
        if (!Stops.MayConfirm(group.State, x, group.Self)) return;
        if (group.Options.Executor is { } executor)
        {
            if (x.Incarnation == group.Self) await executor.StopAsync(group.Handle, x, group.Ended).ConfigureAwait(false);
            else if (x.Place.SharesPlaceWith(group.Ledger.Process))
            {
                var held = await executor.ReleaseAsync(group.Handle, x, group.Ended).ConfigureAwait(false);
                if (!held.IsEmpty) throw new LedgerException(string.Join("; ", held));
            }
        }
        await group.TryProposeAsync(new SupervisorStopped(id, run, null), CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>The supervisor, if the log still says now that it is in that run and state.</summary>
    private async Task<SupervisorEntry?> LookAgainAsync(string id, long run, SupervisorStatus status)
    {
        await group.Ledger.RunAsync(group.Replica.CatchUp, CancellationToken.None).ConfigureAwait(false);
        var x = group.State.Supervisors.GetValueOrDefault(id);
        return x?.Run == run && x.Status == status && group.IsMember && !group.IsLeaving ? x : null;
    }

    private Task FailAsync(string id, long run, string step, string reason) =>
        group.ProposeSurelyAsync(new SupervisorFailed(id, run, step, reason));

    private async Task SettleAsync(Start start, Fate fate)
    {
        if (fate == Fate.Accepted) start.Process!.Release();
        else await start.Process!.DiscardAsync().ConfigureAwait(false);
        group.Attend();
    }

    private static Fate FateOf(SupervisorEntry? x, Start start)
    {
        if (x?.Run != start.Run) return Fate.Void;
        if (x.Status == SupervisorStatus.Starting) return Fate.Open;
        // Whatever became of it since: who activated it is in charge of it.
        return x.Status == SupervisorStatus.Running || x.Incarnation is not null ? Fate.Accepted : Fate.Void;
    }

    private enum Fate
    {
        Open,
        Accepted,
        Void,
    }

    /// <summary>A start that is under way.</summary>
    private sealed class Start(long run, bool inPlace, CancellationToken ended) : IDisposable
    {
        private readonly CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(ended);
        private bool over;

        public long Run => run;

        public bool InPlace => inPlace;

        public CancellationToken Token => end.Token;

        /// <summary>What was spawned and has not activated itself yet.</summary>
        public IStartedProcess? Process { get; set; }

        public void Cancel()
        {
            lock (end)
            {
                if (!over) end.Cancel();
            }
        }

        public void Dispose()
        {
            lock (end) over = true;
            end.Dispose();
        }
    }
}
