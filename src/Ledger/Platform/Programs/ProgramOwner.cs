namespace Ledger.Platform.Programs;

/// <summary>To whom a program belongs. Its processes and their descendants carry this in their environment.</summary>
/// <param name="LedgerPath">The ledger's directory, absolute and always spelled the same way.</param>
/// <param name="Group">The group's id.</param>
/// <param name="Supervisor">The supervisor's id.</param>
/// <param name="RunId">The run of the process that started it.</param>
internal sealed record ProgramOwner(string LedgerPath, string Group, string Supervisor, string RunId)
{
    /// <summary>The variables that prove it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Marks =>
    [
        new(ProcessVariables.Path, LedgerPath),
        new(ProcessVariables.Group, Group),
        new(ProcessVariables.Supervisor, Supervisor),
        new(ProcessVariables.Run, RunId),
    ];

    /// <summary>What a block of variables says, as in /proc/PID/environ; null unless all of it is there.</summary>
    public static ProgramOwner? Of(string? block) =>
        ProcessVariables.Value(block, ProcessVariables.Path) is { Length: > 0 } path
        && ProcessVariables.Value(block, ProcessVariables.Group) is { Length: > 0 } group
        && ProcessVariables.Value(block, ProcessVariables.Supervisor) is { Length: > 0 } supervisor
        && ProcessVariables.Value(block, ProcessVariables.Run) is { Length: > 0 } run
            ? new ProgramOwner(path, group, supervisor, run)
            : null;
}
