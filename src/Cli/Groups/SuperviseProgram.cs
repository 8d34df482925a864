using Ledger.Cli.Run;
using Ledger.Cli.Shared;
using Ledger.Hosting.Processes;
using Ledger.Model;

namespace Ledger.Cli.Groups;

/// <summary><c>ledger supervise</c> from the request to the exit code: finds the command, opens the ledger, and runs the
/// supervisor.</summary>
internal sealed class SuperviseProgram(SuperviseRequest request, TimeProvider time)
{
    public const string Verb = "supervise";

    /// <summary>The exit code.</summary>
    public async Task<int> RunAsync()
    {
        var found = CommandLookup.Find(request.Command, Environment.GetEnvironmentVariable("PATH"));
        if (found.Found != CommandFound.Yes)
        {
            var isThere = found.Found == CommandFound.NotExecutable;
            GroupMessages.Tell(Verb, $"{request.Command}: {(isThere ? "cannot be executed" : "command not found")}");
            return isThere ? RunExitCodes.NotExecutable : RunExitCodes.NotFound;
        }

        using var signals = new PassedSignals();
        LedgerParticipant participant;
        try
        {
            if (request.IsDefaultPath) LedgerPaths.MakeParents(request.LedgerPath);
            var ledger = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = request.LedgerPath, Time = time }).ConfigureAwait(false);
            participant = await ledger.JoinAsync(request.SupervisorId).ConfigureAwait(false);
        }
        catch (Exception e) when (Actions.Explain(e).Code != ExitCodes.Defect)
        {
            GroupMessages.Tell(Verb, e.Message);
            return e is ArgumentException ? ExitCodes.Usage : ExitCodes.Storage;
        }

        await using var session = new SuperviseSession(request, participant, signals, time);
        return await session.RunAsync().ConfigureAwait(false);
    }
}
