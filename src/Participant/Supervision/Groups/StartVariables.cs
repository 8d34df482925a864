using Ledger.Platform;

namespace Ledger.Hosting.Supervision.Groups;

/// <summary>What a process finds in its environment that was spawned to run a supervisor.</summary>
/// <param name="LedgerPath">The ledger.</param>
/// <param name="GroupId">The group.</param>
/// <param name="SupervisorId">Which supervisor.</param>
/// <param name="RunId">The run of whoever spawned it.</param>
/// <param name="Token">Activates the supervisor, once.</param>
internal sealed record StartVariables(string LedgerPath, string GroupId, string SupervisorId, string RunId, string Token)
{
    /// <summary>Names the one-time token. The user's program never gets it.</summary>
    public const string TokenName = "LEDGER_TOKEN";

    /// <summary>Null in a process that nobody spawned for a supervisor.</summary>
    public static StartVariables? Find(Func<string, string?> variable)
    {
        if (variable(TokenName) is not { Length: > 0 } token) return null;
        return variable(ProcessVariables.Path) is { Length: > 0 } path
            && variable(ProcessVariables.Group) is { Length: > 0 } group
            && variable(ProcessVariables.Supervisor) is { Length: > 0 } supervisor
            && variable(ProcessVariables.Run) is { Length: > 0 } run
                ? new StartVariables(path, group, supervisor, run, token)
                : null;
    }
}
