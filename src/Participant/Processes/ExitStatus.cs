namespace Ledger.Hosting.Processes;

/// <summary>How a command ended.</summary>
/// <param name="Code">Its exit code; 128+N when signal N ended it.</param>
/// <param name="Signal">The signal that ended it, or null.</param>
internal readonly record struct ExitStatus(int Code, int? Signal)
{
    /// <summary>By exit code.</summary>
    public static ExitStatus Exited(int code) => new(code, null);

    /// <summary>By a signal.</summary>
    public static ExitStatus Signalled(int signal) => new(128 + signal, signal);
}
