namespace Ledger.Cli.Run;

/// <summary>Exit codes that only <c>ledger run</c> has, beside the command's own; a contract.</summary>
internal static class RunExitCodes
{
    /// <summary>The command was stopped because its call or operation ended, or the operation did not complete although the
    /// command succeeded.</summary>
    public const int Ended = 75;

    /// <summary>Could not join the operation, or push its frame.</summary>
    public const int NotStarted = 125;

    public const int NotExecutable = 126;

    public const int NotFound = 127;
}
