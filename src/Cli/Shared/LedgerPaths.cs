namespace Ledger.Cli.Shared;

/// <summary>Which directory a command is about.</summary>
internal static class LedgerPaths
{
    public const string Variable = "LEDGER_PATH";

    /// <summary>The option, else <c>LEDGER_PATH</c>, else <c>$XDG_STATE_HOME/ledger</c>, else
    /// <c>~/.local/state/ledger</c>.</summary>
    /// <exception cref="ArgumentException">The option is empty, or nothing says where home is.</exception>
    public static string Resolve(string? option, Func<string, string?> variable)
    {
        if (option is not null)
            return option.Length > 0 ? option : throw new ArgumentException("--ledger is empty: name the ledger's directory.");
        if (variable(Variable) is { Length: > 0 } path) return path;
        // A relative XDG_STATE_HOME is to be ignored, says its specification.
        if (variable("XDG_STATE_HOME") is { Length: > 0 } state && Path.IsPathRooted(state)) return Path.Combine(state, "ledger");
        if (variable("HOME") is { Length: > 0 } home) return Path.Combine(home, ".local", "state", "ledger");
        var profile = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return profile.Length > 0
            ? Path.Combine(profile, ".local", "state", "ledger")
            : throw new ArgumentException($"Neither --ledger nor {Variable} nor HOME is set: say where the ledger is with --ledger PATH.");
    }
}
