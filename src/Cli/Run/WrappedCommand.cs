using Ledger.Cli.Shared;
using Ledger.Hosting.Processes;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Cli.Run;

/// <summary>The command of one call: its way to the start, and its one way to an end that the wrapper wants. Whoever asks for
/// the end, and however often, it happens once.</summary>
internal sealed class WrappedCommand(RunRequest request, Call call, StatusEvents events, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan KillBound = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly Lock gate = new();
    private readonly TaskCompletionSource stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? self;
    private ChildCommand? child;
    private bool mustStop;
    private TerminalForeground? terminal;
    private TerminalStop? terminalStop;
    private Task<string?>? stopping;

    /// <summary>Completes as soon as somebody asks for the end.</summary>
    public Task StopAsked => stopAsked.Task;

    /// <summary>True when the command was still there when the wrapper signalled it to end it.</summary>
    public bool WasStopped { get; private set; }

    /// <summary>Registers what the command may leave behind, then lets it begin. False when the call has ended before.</summary>
    public async Task<bool> StartAsync(LedgerParticipant participant, string path)
    {
        self = participant.Id;
        var temp = await call.GetTemporaryDirectoryAsync().ConfigureAwait(false);
        foreach (var each in request.TemporaryPaths)
            await call.RegisterPathAsync(each, IsDirectory(each), deleteAtEnd: true).ConfigureAwait(false);
        var options = new ChildCommandOptions
        {
            Path = path,
            Arguments = request.Arguments,
            Environment = RunVariables.ForCommand(call, participant, temp, request.Watchdog is not null),
        };
        var started = ChildCommand.Start(options, error => RunMessages.Tell(error.Message));
        lock (gate) child = started;
        await call.RegisterProcessGroupAsync(started.Pgid, started.StartToken).ConfigureAwait(false);
        lock (gate)
        {
            if (mustStop) return false;
            terminalStop = new TerminalStop(participant, signal => Pause(started, signal));
            started.Stopped += _ => StopToo();
            terminal = TerminalForeground.TryGet();
            terminal?.Give(started.Pgid);
            started.Release();
        }

        events.Started(call, started);
        return true;
    }

    /// <summary>How the command ended.</summary>
    public async Task<ExitStatus> WaitAsync(CancellationToken cancellationToken = default)
    {
        var status = await child!.WaitAsync(cancellationToken).ConfigureAwait(false);
        terminal?.TakeBack();
        return status;
    }

    public void Signal(int signal) => child?.Signal(signal);

    /// <summary>The command gets its TERM on the spot: what follows may have to be compiled first. Neither waits nor throws;
    /// <see cref="StopAsync"/> sees it through.</summary>
    public void BeginToStop()
    {
        // Before the signal, or the command's end would be taken for one of its own.
        stopAsked.TrySetResult();
        lock (gate)
        {
            if (mustStop) return;
            mustStop = true;
            WasStopped = child?.BeginToTerminate() ?? false;
        }
    }

    /// <summary>Ends the command and runs the cleanup command. Returns what went wrong, or null.</summary>
    public Task<string?> StopAsync(Cause? cause)
    {
        BeginToStop();
        lock (gate) return stopping ??= Task.Run(() => StopOnceAsync(cause));
    }

    public void Dispose()
    {
        terminalStop?.Dispose();
        terminal?.TakeBack();
        child?.Dispose();
    }

    private async Task<string?> StopOnceAsync(Cause? cause)
    {
        events.Cleanup(cause);
        // What this run is the cause of, whoever typed it knows.
        if (WasStopped && cause is not null && cause.ParticipantId != self)
            RunMessages.Tell($"stopping {request.Command}: {cause}");
        if (request.IsNested && terminal is null) OwnGroup.Leave();
        if (child is not null) await EndAsync(child).ConfigureAwait(false);
        if (request.OnCleanup is not { } command) return null;
        var problem = await CleanupCommand.RunAsync(
            command, call.Operation.OperationId, request.CleanupTimeout, time).ConfigureAwait(false);
        if (problem is not null) RunMessages.Tell(problem);
        return problem;
    }

    private async Task EndAsync(ChildCommand command)
    {
        var exit = command.WaitAsync(CancellationToken.None);
        var patience = new CalleePatience(
            () => call.Operation.State, call.FencingToken, call.Operation.Ledger.Process, command.Pid, request.Patience, TellWhom, time);
        var started = time.GetTimestamp();
        await command.TerminateAsync(request.Grace, patience.MayKillYet, time, CancellationToken.None).ConfigureAwait(false);
        // Who left the group, as a run does to clean up undisturbed, is this one's child all the same.
        while (!exit.IsCompleted && !(time.GetElapsedTime(started) >= request.Grace && patience.MayKillYet()))
            await Task.WhenAny(exit, Task.Delay(Look, time)).ConfigureAwait(false);
        if (exit.IsCompleted) return;
        if (ProcStat.Read(command.Pid)?.StartToken == command.StartToken) _ = Libc.Kill(command.Pid, Signals.Kill);
        await Task.WhenAny(exit, Task.Delay(KillBound, time)).ConfigureAwait(false);
    }

    /// <summary>The command may itself be what still has to leave.</summary>
    private void TellWhom(OperationState state)
    {
        var callees = RunMessages.Names(state.Stack.Values.Where(frame => frame.Ancestors.Contains(call.FencingToken)));
        RunMessages.Tell($"the grace period is over; not killed yet, because of the cleanup of {(callees.Length > 0 ? callees : request.Command)}");
    }

    /// <summary>The command was stopped on the terminal that it was given.</summary>
    private void StopToo()
    {
        if (terminal?.TakeBack() == true) terminalStop?.StopWithGroup();
    }

    /// <summary>Stops or continues the command with this process, whose group has the terminal meanwhile.</summary>
    private void Pause(ChildCommand command, int signal)
    {
        if (signal == Signals.Continue) terminal?.Give(command.Pgid);
        else terminal?.TakeBack();
        // A second stop would reach runs within the command that are still about to stop, and stop them once more afterwards.
        if (signal == Signals.Continue || ProcStat.Read(command.Pid)?.State != 'T') command.Signal(signal);
    }

    private static bool IsDirectory(string path) => Path.EndsInDirectorySeparator(path);
}
