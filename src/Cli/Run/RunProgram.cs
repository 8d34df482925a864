using Ledger.Cli.Shared;
using Ledger.Hosting.Processes;
using Ledger.Model;
using Ledger.Runtime;

namespace Ledger.Cli.Run;

/// <summary><c>ledger run</c> from the request to the exit code: finds the command, opens the ledger, enters the operation,
/// runs the call, and leaves in good order.</summary>
internal sealed class RunProgram(RunRequest request, TimeProvider time)
{
    private readonly StatusEvents events = new(request.StatusDescriptor);

    /// <summary>The exit code.</summary>
    public async Task<int> RunAsync()
    {
        var found = CommandLookup.Find(request.Command, Environment.GetEnvironmentVariable("PATH"));
        if (found.Found != CommandFound.Yes) return Refuse(found);
        using var signals = new PassedSignals();
        LedgerParticipant participant;
        try
        {
            participant = await JoinLedgerAsync().ConfigureAwait(false);
        }
        catch (ArgumentException e)
        {
            RunMessages.Tell(e.Message);
            return ExitCodes.Usage;
        }
        catch (Exception e) when (e is LedgerException or IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            RunMessages.Tell(e.Message);
            return ExitCodes.Storage;
        }

        var archiving = Task.Run(() => ArchiveOverdue(participant));
        var code = await TakePartAsync(participant, found.Path!, signals).ConfigureAwait(false);
        await archiving.ConfigureAwait(false);
        await TryAsync(() => participant.StopAsync("its ledger run ended")).ConfigureAwait(false);
        events.Left(code);
        return code;
    }

    private int Refuse(CommandLookup found)
    {
        var isThere = found.Found == CommandFound.NotExecutable;
        RunMessages.Tell($"{request.Command}: {(isThere ? "cannot be executed" : "command not found")}");
        return isThere ? RunExitCodes.NotExecutable : RunExitCodes.NotFound;
    }

    private async Task<LedgerParticipant> JoinLedgerAsync()
    {
        if (request.IsDefaultPath) LedgerPaths.MakeParents(request.LedgerPath);
        var options = new LedgerOptions { Path = request.LedgerPath, Time = time };
        var ledger = await LedgerDirectory.OpenAsync(options).ConfigureAwait(false);
        // What could never be registered is refused before there is an operation.
        foreach (var path in request.TemporaryPaths)
            ledger.Context.Resources.Describe(path, Path.EndsInDirectorySeparator(path), allowExisting: false);
        return await ledger.JoinAsync(request.Name).ConfigureAwait(false);
    }

    private async Task<int> TakePartAsync(LedgerParticipant participant, string path, PassedSignals signals)
    {
        (Operation Operation, bool IsCreator) entered;
        try
        {
            entered = await EnterAsync(participant).ConfigureAwait(false);
        }
        catch (LedgerException e)
        {
            RunMessages.Tell(e.Message);
            return RunExitCodes.NotStarted;
        }

        var (operation, isCreator) = entered;
        events.Joined(participant, operation.Id);
        var call = await PushAsync(operation).ConfigureAwait(false);
        if (call is null)
        {
            await TryAsync(() => operation.LeaveAsync("its call could not be started")).ConfigureAwait(false);
            return RunExitCodes.NotStarted;
        }

        int code;
        using (var session = new RunSession(request, participant, operation, call, events, signals, time))
        {
            code = await session.RunAsync(path).ConfigureAwait(false);
            // Nothing to wait for: the rest is for others, unless leaving succeeds.
            if (!session.HasTold) return code;
        }

        using var end = new RunEnding(request, participant, operation, call, isCreator, signals, time);
        return await end.RunAsync(code).ConfigureAwait(false);
    }

    private async Task<Call?> PushAsync(Operation operation)
    {
        try
        {
            return await operation.StartCallAsync(request.CallId, new CallOptions
            {
                CallerId = request.CallerId,
                Description = request.Description,
                SupervisorId = request.SupervisorId,
                SupervisorHandle = request.SupervisorHandle,
                FailOnCrash = !request.Contain,
                CleanupBound = request.CleanupBound,
                Watchdog = request.Watchdog,
            }).ConfigureAwait(false);
        }
        catch (LedgerException e)
        {
            RunMessages.Tell(e.Message);
            return null;
        }
    }

    private async Task<(Operation Operation, bool IsCreator)> EnterAsync(LedgerParticipant participant)
    {
        if (request.OperationId is not { } id)
            return (await participant.CreateOperationAsync(RunNames.Operation(time)).ConfigureAwait(false), true);
        try
        {
            return (await participant.JoinOperationAsync(id).ConfigureAwait(false), false);
        }
        catch (OperationNotFoundException) when (request.Create)
        {
            return await CreateOrJoinAsync(participant, id).ConfigureAwait(false);
        }
    }

    private static async Task<(Operation Operation, bool IsCreator)> CreateOrJoinAsync(LedgerParticipant participant, string id)
    {
        try
        {
            return (await participant.CreateOperationAsync(id).ConfigureAwait(false), true);
        }
        catch (OperationExistsException exists)
        {
            try
            {
                // Somebody else was faster.
                return (await participant.JoinOperationAsync(id).ConfigureAwait(false), false);
            }
            catch (OperationNotFoundException)
            {
                // The one in the way has another spelling.
                throw exists;
            }
        }
    }

    /// <summary>What every command does for all; beside the command, which need not wait for it.</summary>
    private static void ArchiveOverdue(LedgerParticipant participant)
    {
        try
        {
            OverdueArchiver.Run(participant.Directory.Context);
        }
        catch (LedgerException)
        {
            // The next command tries again; whatever keeps it from writing, the call itself will tell.
        }
    }

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
