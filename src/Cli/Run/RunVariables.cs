using Ledger.Cli.Shared;
using Ledger.Platform;

namespace Ledger.Cli.Run;

/// <summary>The environment variables a command gets from <c>ledger run</c>; a contract.</summary>
internal static class RunVariables
{
    public const string Path = LedgerPaths.Variable;
    public const string Operation = ProcessVariables.Operation;
    public const string Call = ProcessVariables.Call;
    public const string Participant = "LEDGER_PARTICIPANT";
    public const string Temp = "LEDGER_TEMP";
    public const string ProgressFile = "LEDGER_PROGRESS_FILE";

    /// <summary>What the cleanup command gets instead of all others.</summary>
    public const string EndedOperation = "LEDGER_ENDED_OPERATION";

    /// <summary>For a call's command.</summary>
    public static Dictionary<string, string?> ForCommand(Call call, LedgerParticipant participant, string temp, bool watched) =>
        new(StringComparer.Ordinal)
        {
            [Path] = participant.Directory.Path,
            [Operation] = call.Operation.OperationId,
            [Call] = call.CallId,
            [Participant] = participant.Id,
            [Temp] = temp,
            // Of a surrounding run, where this call is not watched.
            [ProgressFile] = watched ? call.ProgressFile : null,
            [EndedOperation] = null,
        };

    /// <summary>For the cleanup command: it takes no part in what has ended.</summary>
    public static Dictionary<string, string?> ForCleanup(string operationId) =>
        new(StringComparer.Ordinal)
        {
            [Path] = null,
            [Operation] = null,
            [Call] = null,
            [Participant] = null,
            [Temp] = null,
            [ProgressFile] = null,
            [EndedOperation] = operationId,
        };
}
