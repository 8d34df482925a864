using Ledger.Groups;
using Ledger.Model.Groups;

namespace Ledger.Hosting.Supervision.Groups;

/// <summary>The program that this process itself runs for its supervisor.</summary>
internal interface IOwnProgram
{
    /// <summary>Which supervisor.</summary>
    string SupervisorId { get; }

    /// <summary>Starts it, held.</summary>
    /// <exception cref="StartFailedException">It cannot be; nothing is left.</exception>
    Task<IStartedProcess> HoldAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken);

    /// <summary>Ends it: asks, waits its grace, kills.</summary>
    Task StopAsync(SupervisorEntry supervisor, CancellationToken cancellationToken);
}
