namespace Ledger.Platform;

/// <summary>Environment variables by which processes of a call are known.</summary>
internal static class ProcessVariables
{
    /// <summary>The operation a process belongs to.</summary>
    public const string Operation = "LEDGER_OPERATION";

    /// <summary>The call a process belongs to.</summary>
    public const string Call = "LEDGER_CALL";

    /// <summary>Set for the helper that ends a group when its wrapper dies; it never ends by TERM and does not keep a
    /// group alive.</summary>
    public const string Lifeline = "LEDGER_LIFELINE";

    /// <summary>True when a block of variables, as in /proc/PID/environ, has this one with this value.</summary>
    public static bool Has(string? block, string name, string value)
    {
        var wanted = $"{name}={value}";
        return block is not null && block.Split('\0').Any(each => string.Equals(each, wanted, StringComparison.Ordinal));
    }
}
