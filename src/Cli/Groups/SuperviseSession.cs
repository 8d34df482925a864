using Ledger.Cli.Run;
using Ledger.Groups;
using Ledger.Hosting.Supervision;
using Ledger.Hosting.Supervision.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Cli.Groups;

/// <summary>One supervisor from its registration, or activation, to its end.</summary>
internal sealed class SuperviseSession : IAsyncDisposable
{
    private static readonly TimeSpan LastGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan OwnedBound = TimeSpan.FromSeconds(30);

    private readonly SuperviseRequest request;
    private readonly LedgerParticipant participant;
    private readonly PassedSignals signals;
    private readonly TimeProvider time;
    private readonly ProgramHost host;
    private readonly CommandProgram program;
    private readonly CancellationTokenSource over = new();
    private bool vanishes;

    public SuperviseSession(SuperviseRequest request, LedgerParticipant participant, PassedSignals signals, TimeProvider time)
    {
        this.request = request;
        this.participant = participant;
        this.signals = signals;
        this.time = time;
        host = new ProgramHost(error => Tell(error.Message));
        program = new CommandProgram(request.SupervisorId, host, time, Tell);
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
            using var calls = await group.SuperviseCallsAsync(request.SupervisorId, new CallWatch(Tell)).ConfigureAwait(false);
            var telling = new SuperviseTelling(request.SupervisorId, group, Tell).RunAsync(from, over.Token);
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
        await over.CancelAsync().ConfigureAwait(false);
        await program.DisposeAsync().ConfigureAwait(false);
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
            Executor = new GroupExecutor(host, time, program, Tell),
        });
    }

    /// <summary>Null once it is registered, or its program runs; else the exit code.</summary>
    private async Task<int?> EnterAsync(LedgerGroup group)
    {
        try
        {
            // Answered in any case: its sender should not wait for a deadline to learn that nobody listens.
            group.HandleCommands((command, token) => request.OnCommand is { } shell
                ? CommandShell.RunAsync(shell, command, token)
                : throw new LedgerException("it takes no commands: it was started without --on-command"));
            if (request.Spawned is { } spawned) await ActivateAsync(group, spawned.Token).ConfigureAwait(false);
            else await Registering.RegisterAsync(group, request, Tell, time).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is LedgerException or StartFailedException)
        {
            Tell(e.Message);
            return RunExitCodes.NotStarted;
        }
    }

    /// <summary>The program is held until the group has accepted that it runs.</summary>
    private async Task ActivateAsync(LedgerGroup group, string token)
    {
        if (group.State.Supervisors.GetValueOrDefault(request.SupervisorId) is not { } supervisor)
            throw new LedgerException($"There is no supervisor '{request.SupervisorId}' in group '{request.GroupId}' any more.");
        var held = await program.HoldAsync(group, supervisor, CancellationToken.None).ConfigureAwait(false);
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
        var finished = group.WaitUntilAsync(state => Find(state) is null or { Status: SupervisorStatus.Stopped or SupervisorStatus.Dead }, over.Token);
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
            await group.StopSupervisorAsync(request.SupervisorId).ConfigureAwait(false);
            return true;
        }
        catch (LedgerException e)
        {
            Tell(e.Message);
            return false;
        }
    }

    private int Finish(GroupState state) => Find(state)?.Status == SupervisorStatus.Dead ? Shared.ExitCodes.No : Shared.ExitCodes.Done;

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
        await program.EndAsync(grace, CancellationToken.None).ConfigureAwait(false);
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
                && x.SupervisorId != request.SupervisorId && x.StopWanted && SupervisorTable.MayLive(x.Status)), bound.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Tell("leaves although what it started for others has not stopped yet");
        }
    }

    private SupervisorEntry? Find(GroupState state) => state.Supervisors.GetValueOrDefault(request.SupervisorId);

    private void Tell(string message) => GroupMessages.Tell(SuperviseProgram.Verb, message);
}
