using Ledger.Cli.Run;
using Ledger.Cli.Shared;
using Ledger.Groups;
using Ledger.Hosting.Supervision;
using Ledger.Hosting.Supervision.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Platform.Programs;
using Ledger.Rules.Groups;

namespace Ledger.Cli.Groups;

/// <summary>The supervisors of one process from their registration, or activation, to their end.</summary>
internal sealed class SuperviseSession : IAsyncDisposable
{
    private static readonly TimeSpan LastGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan OwnedBound = TimeSpan.FromSeconds(30);

    private readonly SuperviseRequest request;
    private readonly LedgerParticipant participant;
    private readonly PassedSignals signals;
    private readonly TimeProvider time;
    private readonly ProgramHost host;
    private readonly CommandPrograms programs;
    private readonly HashSet<string> ids;
    private readonly CancellationTokenSource over = new();
    private readonly TerminalStop terminalStop;
    private bool vanishes;

    public SuperviseSession(SuperviseRequest request, LedgerParticipant participant, PassedSignals signals, TimeProvider time)
    {
        this.request = request;
        this.participant = participant;
        this.signals = signals;
        this.time = time;
        host = new ProgramHost(error => Tell(error.Message));
        ids = [.. request.Supervisors.Select(each => each.Id)];
        programs = new CommandPrograms(ids, host, time, Tell);
        terminalStop = new TerminalStop(participant, programs.Signal);
    }

    private bool IsIndependent => request.Settings.Mode == SupervisorMode.Independent;

    /// <summary>The exit code.</summary>
    public async Task<int> RunAsync()
    {
        LedgerGroup group;
        try
        {
            group = await JoinAsync().ConfigureAwait(false);
        }
        catch (LedgerException e)
        {
            Tell(e.Message);
            return RunExitCodes.NotStarted;
        }

        // From the registration on, so that nothing is told twice and nothing is left out.
        var from = group.State.Position;
        try
        {
            if (await EnterAsync(group).ConfigureAwait(false) is { } failed) return failed;
            using var calls = await WatchCallsAsync(group).ConfigureAwait(false);
            var telling = new SuperviseTelling(ids, group, Tell).RunAsync(from, over.Token);
            var code = await FollowAsync(group).ConfigureAwait(false);
            // What the end was is not told yet.
            if (!vanishes) await Task.WhenAny(telling, Task.Delay(LastGrace, time)).ConfigureAwait(false);
            return code;
        }
        catch (LedgerException e)
        {
            Tell(e.Message);
            return Shared.ExitCodes.No;
        }
        finally
        {
            await EndAsync(group).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        terminalStop.Dispose();
        await over.CancelAsync().ConfigureAwait(false);
        await programs.DisposeAsync().ConfigureAwait(false);
        over.Dispose();
        // Leaving would tell the others that it was stopped on purpose.
        if (vanishes) return;
        try
        {
            await participant.StopAsync("its ledger supervise ended").ConfigureAwait(false);
        }
        catch (LedgerException e)
        {
            Tell(e.Message);
        }
    }

    private Task<LedgerGroup> JoinAsync()
    {
        // Who outlives its owner waits for another orchestrator instead of becoming its own.
        var isLead = request.Spawned is null || !IsIndependent;
        return participant.JoinGroupAsync(request.GroupId, new GroupOptions
        {
            CanOrchestrate = isLead,
            CanSpawn = isLead,
            RunId = request.Spawned?.RunId,
            InviteId = request.Invitation?.InviteId,
            Token = request.Invitation?.Token,
            Executor = new GroupExecutor(host, time, programs, Tell),
        });
    }

    /// <summary>Null once it is registered, or its program runs; else the exit code.</summary>
    private async Task<int?> EnterAsync(LedgerGroup group)
    {
        try
        {
            // Answered in any case: its sender should not wait for a deadline to learn that nobody listens.
            var shell = request.OnCommand is { } onCommand ? new CommandShell(onCommand, OwnerOf(group), Tell) : null;
            group.HandleCommands((command, token) => shell!.RunAsync(command, token),
                _ => shell is null ? new CommandRefusal("it takes no commands: it was started without --on-command") : null);
            if (request.Spawned is { } spawned) await ActivateAsync(group, spawned.Token).ConfigureAwait(false);
            else foreach (var each in request.Supervisors) await Registering.RegisterAsync(group, each, request.Environment, Tell, time).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is LedgerException or StartFailedException)
        {
            Tell(GroupMessages.Refusal(e));
            return RunExitCodes.NotStarted;
        }
    }

    private ProgramOwner OwnerOf(LedgerGroup group) =>
        new(participant.Directory.Path, group.GroupId, request.SupervisorId, participant.Incarnation);

    private async Task<IDisposable> WatchCallsAsync(LedgerGroup group)
    {
        var all = new List<IDisposable>();
        foreach (var id in ids) all.Add(await group.SuperviseCallsAsync(id, new CallWatch(Tell)).ConfigureAwait(false));
        return new Together(all);
    }

    /// <summary>The program is held until the group has accepted that it runs.</summary>
    private async Task ActivateAsync(LedgerGroup group, string token)
    {
        if (group.State.Supervisors.GetValueOrDefault(request.SupervisorId) is not { } supervisor)
            throw new LedgerException($"There is no supervisor '{request.SupervisorId}' in group '{request.GroupId}' any more.");
        var held = await programs.HoldAsync(group, supervisor, CancellationToken.None).ConfigureAwait(false);
        try
        {
            await group.ActivateAsync(request.SupervisorId, token, held.Program).ConfigureAwait(false);
        }
        catch (LedgerException)
        {
            await held.DiscardAsync().ConfigureAwait(false);
            throw;
        }
        held.Release();
    }

    /// <summary>Waits for its end, whoever wants it. The exit code.</summary>
    private async Task<int> FollowAsync(LedgerGroup group)
    {
        var asked = new Asked(signals);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onEnd = group.Ended.Register(() => ended.TrySetResult()).ConfigureAwait(false);
        var finished = group.WaitUntilAsync(AreOver, over.Token);
        for (var isFirst = true; ; isFirst = false)
        {
            var signal = asked.Next();
            await Task.WhenAny(finished, ended.Task, signal).ConfigureAwait(false);
            if (finished.IsCompleted) return Finish(await finished.ConfigureAwait(false));
            if (ended.Task.IsCompleted) return LetGo(WhyEnded(group));
            if (isFirst && Owner.IsGone(group, request.Spawned)) return LetGo("who started it is gone: ends with it");
            if (!await StopAsync(group, isFirst).ConfigureAwait(false)) return Shared.ExitCodes.No;
        }
    }

    /// <summary>Once for all, asks the group; the second time, does not wait for those that are to stop first.</summary>
    private async Task<bool> StopAsync(LedgerGroup group, bool isFirst)
    {
        if (!isFirst)
        {
            Tell("ends at once");
            return false;
        }
        try
        {
            foreach (var id in ids) await group.StopSupervisorAsync(id).ConfigureAwait(false);
            return true;
        }
        catch (LedgerException e)
        {
            Tell(e.Message);
            return false;
        }
    }

    private int Finish(GroupState state) => ids.Any(id => Find(state, id)?.Status == SupervisorStatus.Dead) ? Shared.ExitCodes.No : Shared.ExitCodes.Done;

    private static string WhyEnded(LedgerGroup group) =>
        group.State.Members.GetValueOrDefault(group.Participant.Incarnation)?.Departure == DepartureReason.Normal
            ? "nobody adopted it in time: it ends itself"
            : "the group went on without this process: it was taken for dead";

    /// <summary>Its end is the group's to find out, so that the supervisor is restarted elsewhere.</summary>
    private int LetGo(string why)
    {
        vanishes = true;
        Tell(why);
        return RunExitCodes.Ended;
    }

    private async Task EndAsync(LedgerGroup group)
    {
        var grace = vanishes ? LastGrace : TimeSpan.FromMilliseconds(request.Settings.StopGraceMs);
        await programs.EndAsync(grace, CancellationToken.None).ConfigureAwait(false);
        if (vanishes) return;
        try
        {
            await WaitForOwnedAsync(group).ConfigureAwait(false);
            await group.LeaveAsync("its ledger supervise ended").ConfigureAwait(false);
        }
        catch (LedgerException e)
        {
            Tell(e.Message);
        }
    }

    /// <summary>What this process started for others ends with it: those that are to be stopped can do it in good order
    /// first.</summary>
    private async Task WaitForOwnedAsync(LedgerGroup group)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(group.Ended);
        bound.CancelAfter(OwnedBound);
        try
        {
            await group.WaitUntilAsync(state => !state.Supervisors.Values.Any(x => x.Owner == participant.Incarnation
                && !ids.Contains(x.SupervisorId) && x.StopWanted && SupervisorTable.MayLive(x.Status)), bound.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Tell("leaves although what it started for others has not stopped yet");
        }
    }

    private bool AreOver(GroupState state) =>
        ids.All(id => Find(state, id) is null or { Status: SupervisorStatus.Stopped or SupervisorStatus.Dead });

    private static SupervisorEntry? Find(GroupState state, string id) => state.Supervisors.GetValueOrDefault(id);

    private void Tell(string message) => GroupMessages.Tell(SuperviseProgram.Verb, message);

    private sealed class Together(List<IDisposable> all) : IDisposable
    {
        public void Dispose() => all.ForEach(each => each.Dispose());
    }
}
