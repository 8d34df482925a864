using Ledger.Hosting.Processes;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Cli.Run;

/// <summary>One call from its frame to its end: starts the command, waits for whatever comes first, and says how it ended to
/// the ledger and to whoever started this process.</summary>
internal sealed class RunSession(
    RunRequest request, LedgerParticipant participant, Operation operation, Call call, StatusEvents events,
    PassedSignals signals, TimeProvider time) : IDisposable
{
    private const string IsolatedReason = "stopped, as --on-isolated says: the ledger could not be reached";

    private static readonly TimeSpan ExitArrives = TimeSpan.FromSeconds(2);

    private readonly WrappedCommand command = new(request, call, events, time);
    private bool wasIsolated;

    /// <summary>False when the ledger could not be told how the call ended: its frame does not leave the stack by itself
    /// then.</summary>
    public bool HasTold { get; private set; } = true;

    /// <summary>Runs the command found at a path; the frame is on the stack. Returns the exit code once the call is over, for
    /// which it may still have to leave the stack.</summary>
    public async Task<int> RunAsync(string path)
    {
        call.OnCleanup(async context =>
        {
            if (await command.StopAsync(context.Cause).ConfigureAwait(false) is { } problem) throw new LedgerException(problem);
        });
        call.OnStopping(command.BeginToStop);
        if (await StartAsync(path).ConfigureAwait(false) is { } failed) return failed;
        signals.PassTo(command.Signal);
        // Fenced, the runtime may have no frame left to clean up by; the command ends all the same.
        using var onStop = call.CancellationToken.Register(() => _ = command.StopAsync(call.Cancellation));
        using var onIsolated = participant.Isolated.Register(StopIsolated);
        return await WaitAsync().ConfigureAwait(false);
    }

    public void Dispose() => command.Dispose();

    /// <summary>Null when the command runs, else the exit code.</summary>
    private async Task<int?> StartAsync(string path)
    {
        try
        {
            if (await command.StartAsync(participant, path).ConfigureAwait(false)) return null;
            await command.StopAsync(call.Cancellation).ConfigureAwait(false);
            return RunExitCodes.Ended;
        }
        catch (Exception e) when (e is ProposalRejectedException or FencedException)
        {
            RunMessages.Tell(e.Message);
            return RunExitCodes.Ended;
        }
        catch (Exception e) when (e is LedgerException or ArgumentException)
        {
            RunMessages.Tell(e.Message);
            await TryAsync(() => call.FailAsync(e.Message)).ConfigureAwait(false);
            return RunExitCodes.NotStarted;
        }
    }

    private async Task<int> WaitAsync()
    {
        var exit = command.WaitAsync();
        await Task.WhenAny(exit, command.StopAsked).ConfigureAwait(false);
        if (command.StopAsked.IsCompleted) await command.StopAsync(call.Cancellation).ConfigureAwait(false);
        // It was told to end and signalled for the last time; what became of it may take a moment to arrive.
        await Task.WhenAny(exit, Task.Delay(ExitArrives, TimeProvider.System)).ConfigureAwait(false);
        if (!exit.IsCompleted)
        {
            // Even KILL did not end it: stuck in the kernel.
            RunMessages.Tell("the command does not end");
            return RunExitCodes.Ended;
        }

        var status = await exit.ConfigureAwait(false);
        events.Exited(status);
        return await ConcludeAsync(status).ConfigureAwait(false);
    }

    /// <summary>Tells the ledger how the command ended, and returns the exit code.</summary>
    private async Task<int> ConcludeAsync(ExitStatus status)
    {
        try
        {
            var wasSignalled = signals.Last != 0;
            if (status.Code != 0 || command.StopAsked.IsCompleted) await LetOthersBeToldAsync().ConfigureAwait(false);
            var state = await operation.ReadAsync().ConfigureAwait(false);
            var standing = call.Operation.WasDeclaredCrashed(call)
                ? CallStanding.Fenced
                : RunVerdict.Of(state, call.FencingToken, participant.Incarnation);
            if (standing == CallStanding.Good && !await ReportAsync(status, wasSignalled).ConfigureAwait(false))
                standing = CallStanding.Ending;
            if (standing != CallStanding.Good)
                await command.StopAsync(call.Cancellation ?? call.Operation.State.Cause).ConfigureAwait(false);
            return RunVerdict.ExitCode(status, standing, command.WasStopped, wasSignalled);
        }
        catch (FencedException)
        {
            return RunExitCodes.Ended;
        }
        catch (LedgerException e)
        {
            RunMessages.Tell(e.Message);
            HasTold = false;
            return status.Code != 0 && !command.WasStopped ? status.Code : RunExitCodes.Ended;
        }
    }

    /// <summary>False when the call had begun to end on another way just before.</summary>
    private async Task<bool> ReportAsync(ExitStatus status, bool wasSignalled)
    {
        if (status.Code == 0 && !command.WasStopped) return await TryEndAsync().ConfigureAwait(false);
        var reason = Volatile.Read(ref wasIsolated) ? IsolatedReason : Describe(status);
        if (!command.StopAsked.IsCompleted && (wasSignalled || PassedSignals.IsOne(status.Signal)))
        {
            if (!await TryAbortAsync(reason).ConfigureAwait(false)) return false;
            await command.StopAsync(new Cause(CauseType.Aborted, null, participant.Id, reason)).ConfigureAwait(false);
            return true;
        }

        // As in any other cleanup: the command of the user first, then what is registered, then the frame.
        await command.StopAsync(new Cause(CauseType.CallFailed, call.CallId, participant.Id, reason)).ConfigureAwait(false);
        await call.FailAsync(reason).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> TryEndAsync()
    {
        try
        {
            await call.EndAsync().ConfigureAwait(false);
            return true;
        }
        catch (ProposalRejectedException)
        {
            return false;
        }
    }

    private async Task<bool> TryAbortAsync(string reason)
    {
        try
        {
            return await operation.AbortAsync(reason).ConfigureAwait(false);
        }
        catch (ProposalRejectedException)
        {
            return false;
        }
    }

    /// <summary>If the process that a neighbour on the stack belongs to is gone, that is why the command ended: by the signal
    /// of a dead wrapper's lifeline, or because the command was that process. The crash is the cause then, so its
    /// entry comes first; it is on its way, proposed by this participant if by nobody else.</summary>
    private async Task LetOthersBeToldAsync()
    {
        var manifest = participant.Directory.Manifest;
        var bound = TimeSpan.FromMilliseconds(2 * manifest.StalenessThresholdMs);
        await StateWait.UntilAsync(call, state => !HasUntoldCrash(state), bound, time).ConfigureAwait(false);
    }

    private bool HasUntoldCrash(OperationState state)
    {
        if (RunVerdict.Of(state, call.FencingToken, participant.Incarnation) != CallStanding.Good) return false;
        var caller = state.Stack[call.FencingToken].Caller;
        return state.Stack.Values.Any(frame => frame.Status == FrameStatus.Active
            && (frame.Position == caller || frame.Ancestors.Contains(call.FencingToken))
            && IsGone(state.Members[frame.Incarnation].Process));
    }

    /// <summary>Or about to be: a dead wrapper's lifeline closes, and signals, a moment before the kernel calls it dead.</summary>
    private bool IsGone(ProcessIdentity process) =>
        call.Operation.Ledger.Processes.Look(process) == ProcessState.Exited
        || (process.SharesPidsWith(call.Operation.Ledger.Process)
            && ProcStat.Read(process.Pid) is { IsEnding: true } stat && stat.StartToken == process.StartToken);

    private void StopIsolated()
    {
        if (!request.StopWhenIsolated) return;
        Volatile.Write(ref wasIsolated, true);
        RunMessages.Tell("the ledger cannot be reached: stopping, as --on-isolated says");
        _ = command.StopAsync(null);
    }

    private static string Describe(ExitStatus status) =>
        status.Signal is { } signal ? $"signal {signal}" : $"exit code {status.Code}";

    private static async Task TryAsync(Func<ValueTask> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (LedgerException e)
        {
            RunMessages.Tell(e.Message);
        }
    }
}
