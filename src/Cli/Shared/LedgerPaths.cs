using Ledger.Model;
using Ledger.Platform;

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

    /// <summary>Whether two paths lead to one directory.</summary>
    public static bool AreSame(string one, string other)
    {
        one = Path.TrimEndingDirectorySeparator(Path.GetFullPath(one));
        other = Path.TrimEndingDirectorySeparator(Path.GetFullPath(other));
        if (one == other) return true;
        try
        {
            // A symbolic link on the way gives one directory two names.
            var disk = Disks.ForRealFileSystem(isLocal: false);
            return disk.Identity(one) is { Length: > 0 } id && id == disk.Identity(other);
        }
        catch (LedgerStorageException)
        {
            return false;
        }
    }

    /// <summary>Makes what leads to the place that nobody chose: elsewhere a missing parent is a typing error.</summary>
    public static void MakeParents(string ledger)
    {
        var parent = Path.GetDirectoryName(ledger)!;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(parent);
        else Directory.CreateDirectory(parent, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
