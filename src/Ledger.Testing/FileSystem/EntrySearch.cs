using System.IO.Enumeration;

namespace Ledger.Testing;

[Flags]
internal enum EntryKinds
{
    Files = 1,
    Directories = 2,
    Both = Files | Directories,
}

/// <summary>What a search found: its path in the caller's terms.</summary>
internal readonly record struct FoundEntry(string Path, bool IsDirectory);

/// <summary>Lists a directory, or a directory and all below it level by level. Each directory is read in one step,
/// when the enumeration comes to it.</summary>
internal sealed class EntrySearch
{
    private readonly SimulatedFileSystem fileSystem;
    private readonly string directory;
    private readonly string pattern;
    private readonly EnumerationOptions options;
    private readonly EntryKinds kinds;

    public EntrySearch(
        SimulatedFileSystem fileSystem, string path, string searchPattern, EnumerationOptions options, EntryKinds kinds)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(searchPattern);
        ArgumentNullException.ThrowIfNull(options);
        if (options.ReturnSpecialDirectories)
            throw FileErrors.Unsupported("entries '.' and '..'");
        this.fileSystem = fileSystem;
        this.options = options;
        this.kinds = kinds;

        // A pattern may begin with directories, which are not patterns.
        directory = Path.Join(path, Path.GetDirectoryName(searchPattern));
        this.pattern = Normalised(Path.GetFileName(searchPattern), options.MatchType);
    }

    /// <summary>The options behind the members that take a <see cref="SearchOption"/>.</summary>
    public static EnumerationOptions Compatible(SearchOption searchOption) => new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        MatchType = MatchType.Win32,
        RecurseSubdirectories = searchOption == SearchOption.AllDirectories,
    };

    /// <summary>Reads the first directory at once, so that its absence is noticed here.</summary>
    public IEnumerable<FoundEntry> Run() => Search(List(directory));

    private IEnumerable<FoundEntry> Search(EntryStatus[] entries)
    {
        var pending = new Queue<(string Path, int Depth)>();
        var (current, depth) = (directory, 0);
        while (true)
        {
            foreach (var entry in entries)
            {
                if ((entry.Attributes & options.AttributesToSkip) != 0)
                    continue;
                var path = Path.Join(current, entry.Name);
                if (entry.IsDirectory && options.RecurseSubdirectories && depth < options.MaxRecursionDepth)
                    pending.Enqueue((path, depth + 1));
                if (Matches(entry))
                    yield return new FoundEntry(path, entry.IsDirectory);
            }

            if (!pending.TryDequeue(out var next))
                yield break;
            (current, depth) = next;
            entries = ListOrNothing(current);
        }
    }

    private EntryStatus[] List(string path) =>
        fileSystem.Calls.List(fileSystem.Parse(fileSystem.Parse(path).Trimmed));

    private EntryStatus[] ListOrNothing(string path)
    {
        try
        {
            return List(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Deleted since its parent was read.
            return [];
        }
    }

    private bool Matches(EntryStatus entry)
    {
        if (!kinds.HasFlag(entry.IsDirectory ? EntryKinds.Directories : EntryKinds.Files))
            return false;
        var ignoreCase = options.MatchCasing == MatchCasing.CaseInsensitive;
        return options.MatchType == MatchType.Win32
            ? FileSystemName.MatchesWin32Expression(pattern, entry.Name, ignoreCase)
            : FileSystemName.MatchesSimpleExpression(pattern, entry.Name, ignoreCase);
    }

    private static string Normalised(string pattern, MatchType type)
    {
        if (type == MatchType.Simple)
            return pattern;
        return pattern is "" or "." or "*.*" ? "*" : FileSystemName.TranslateWin32Expression(pattern);
    }
}
