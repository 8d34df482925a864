using Ledger.Cli.Shared;

namespace Ledger.Cli.Run;

/// <summary>The <c>ledger run</c> this process was started by, as its environment tells.</summary>
/// <param name="OperationId">Its operation.</param>
/// <param name="CallId">Its call, or null.</param>
internal sealed record SurroundingRun(string OperationId, string? CallId)
{
    /// <summary>The surrounding run if it is of the ledger at this path; else null, and its operation and call mean nothing
    /// here.</summary>
    public static SurroundingRun? Find(string ledgerPath, Func<string, string?> variable)
    {
        if (variable(RunVariables.Path) is not { Length: > 0 } path) return null;
        if (variable(RunVariables.Operation) is not { Length: > 0 } operation) return null;
        if (!LedgerPaths.AreSame(path, ledgerPath)) return null;
        return new SurroundingRun(operation, variable(RunVariables.Call) is { Length: > 0 } call ? call : null);
    }

    /// <summary>True in the process group of some run's command, of whatever ledger.</summary>
    public static bool IsAny(Func<string, string?> variable) => variable(RunVariables.Call) is { Length: > 0 };
}
