using System.Collections;
using Ledger.Cli.Shared;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Cli.Groups;

/// <summary>Which of this process's environment a supervisor's program gets also when it is restarted elsewhere.</summary>
internal static class GroupVariables
{
    /// <summary>What belongs to one shell or terminal.</summary>
    private static readonly HashSet<string> Local = new(StringComparer.Ordinal)
    {
        "_", "SHLVL", "PWD", "OLDPWD", "COLUMNS", "LINES", "TERM", "WINDOWID", "TMUX", "TMUX_PANE", "STY", "NOTIFY_SOCKET",
        "WATCHDOG_USEC", "WATCHDOG_PID",
    };

    /// <summary>All, but for that and what Ledger itself sets.</summary>
    public static IReadOnlyDictionary<string, string> Kept()
    {
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry each in Environment.GetEnvironmentVariables())
        {
            var name = (string)each.Key;
            if (!Local.Contains(name) && !name.StartsWith("LEDGER_", StringComparison.Ordinal)) kept[name] = (string?)each.Value ?? "";
        }
        return kept;
    }

    /// <summary>The supervisor this process runs within, if its program uses the ledger at this path.</summary>
    /// <exception cref="ArgumentException">It cannot be an id.</exception>
    public static string? Surrounding(string ledgerPath, Func<string, string?> variable)
    {
        if (variable(ProcessVariables.Supervisor) is not { Length: > 0 } id || variable(LedgerPaths.Variable) is not { Length: > 0 } path) return null;
        return LedgerPaths.AreSame(path, ledgerPath) ? Identifier.Require(id, $"supervisor id ({ProcessVariables.Supervisor})") : null;
    }
}
