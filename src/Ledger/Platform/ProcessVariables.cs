using System.Globalization;

namespace Ledger.Platform;

/// <summary>Environment variables by which processes of a call are known.</summary>
internal static class ProcessVariables
{
    /// <summary>The operation a process belongs to.</summary>
    public const string Operation = "LEDGER_OPERATION";

    /// <summary>The call a process belongs to.</summary>
    public const string Call = "LEDGER_CALL";

    /// <summary>The ledger's directory.</summary>
    public const string Path = "LEDGER_PATH";

    /// <summary>The group of supervisors a process belongs to.</summary>
    public const string Group = "LEDGER_GROUP";

    /// <summary>The supervisor a process belongs to.</summary>
    public const string Supervisor = "LEDGER_SUPERVISOR";

    /// <summary>The run of whoever started a process: when that is dead, so should the process be.</summary>
    public const string Run = "LEDGER_RUN_ID";

    /// <summary>In which relation a process stands to its owner.</summary>
    public const string Mode = "LEDGER_MODE";

    /// <summary>Set for the helper that ends a group when its wrapper dies; it never ends by TERM and does not keep a
    /// group alive.</summary>
    public const string Lifeline = "LEDGER_LIFELINE";

    /// <summary>A process's block of variables; null when it cannot be read, and "" also while the process has none yet,
    /// because it is being replaced by another program.</summary>
    public static string? Of(int pid) => Procfs.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/environ"));

    /// <summary>True when a block of variables, as in /proc/PID/environ, has this one with this value.</summary>
    public static bool Has(string? block, string name, string value)
    {
        var wanted = $"{name}={value}";
        return block is not null && block.Split('\0').Any(each => string.Equals(each, wanted, StringComparison.Ordinal));
    }

    /// <summary>The value of a variable in such a block; null when it is not there.</summary>
    public static string? Value(string? block, string name) =>
        block?.Split('\0').FirstOrDefault(each => each.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
