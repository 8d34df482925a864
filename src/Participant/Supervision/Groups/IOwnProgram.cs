using Ledger.Groups;
using Ledger.Model.Groups;

namespace Ledger.Hosting.Supervision.Groups;

/// <summary>What this process itself runs for supervisors.</summary>
internal interface IOwnProgram
{
    /// <summary>Whether it is this process that runs that supervisor's program.</summary>
    bool Runs(string supervisorId);

    /// <summary>Starts it, held.</summary>
    /// <exception cref="StartFailedException">It cannot be; nothing is left.</exception>
    Task<IStartedProcess> HoldAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken);

    /// <summary>Ends it: asks, waits its grace, kills.</summary>
    Task StopAsync(SupervisorEntry supervisor, CancellationToken cancellationToken);
}
