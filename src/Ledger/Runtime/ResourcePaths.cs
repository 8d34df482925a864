namespace Ledger.Runtime;

/// <summary>Which paths may be registered for deletion: nothing whose loss nobody could have meant.</summary>
internal static class ResourcePaths
{
    /// <summary>Why a path must not be deleted, or null.</summary>
    public static string? Danger(string path, string ledgerRoot)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetPathRoot(full) == full) return "it is a root";
        if (IsOrAbove(full, ledgerRoot)) return "the ledger lies there";
        if (IsBelow(full, ledgerRoot) && !IsBelow(full, Path.Combine(ledgerRoot, "temp"))) return "it is part of the ledger";
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (home.Length > 0 && IsOrAbove(full, home)) return "the home directory lies there";
        return MountPoints().Any(mount => IsOrAbove(full, mount)) ? "a mount point lies there" : null;
    }

    /// <summary>True when <paramref name="path"/> lies within <paramref name="directory"/>.</summary>
    public static bool IsBelow(string path, string directory) =>
        path.StartsWith(Path.TrimEndingDirectorySeparator(directory) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static bool IsOrAbove(string path, string other) =>
        path == Path.TrimEndingDirectorySeparator(other) || IsBelow(other, path);

    private static IEnumerable<string> MountPoints()
    {
        if (!OperatingSystem.IsLinux()) return DriveInfo.GetDrives().Select(d => d.RootDirectory.FullName);
        try
        {
            // The fifth field; spaces and the like are written as octal escapes.
            return [.. File.ReadLines("/proc/self/mountinfo").Select(line => Unescape(line.Split(' ')[4])).Where(m => m != "/")];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string Unescape(string field) => field
        .Replace(@"\040", " ", StringComparison.Ordinal).Replace(@"\011", "\t", StringComparison.Ordinal)
        .Replace(@"\012", "\n", StringComparison.Ordinal).Replace(@"\134", @"\", StringComparison.Ordinal);
}
