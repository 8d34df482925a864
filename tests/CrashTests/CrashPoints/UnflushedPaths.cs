using System.Text.RegularExpressions;

namespace Ledger.CrashTests.CrashPoints;

/// <summary>Which contents and which names are in memory only, by the calls of a trace so far.</summary>
internal sealed partial class UnflushedPaths
{
    private readonly HashSet<string> contents = new(StringComparer.Ordinal);
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>Those on which what was acknowledged rests: the manifest, logs, segments with no successor, values of
    /// variables, and the directories they are in.</summary>
    private IEnumerable<string> OfLogs => contents.Select(p => $"content of {p}").Concat(names.Select(p => $"name of {p}"))
        .Where(p => Matters().IsMatch(p));

    /// <summary>For each step of a trace, what was unflushed when it was acknowledged.</summary>
    public static List<string> AtAcknowledgements(TracedSteps whole)
    {
        var unflushed = new UnflushedPaths();
        var late = new List<string>();
        for (var i = 0; i < whole.Calls.Count; i++)
        {
            unflushed.Note(whole.Calls[i]);
            if (i + 1 == whole.Calls.Count || whole.Calls[i + 1].Step != whole.Calls[i].Step)
                late.AddRange(unflushed.OfLogs.Select(what => $"{whole.Calls[i].Step}: {what}"));
        }
        return late;
    }

    private void Note(TracedCall call)
    {
        if (call.Failed) return;
        var paths = call.Text.Split(' ').Skip(1).ToArray();
        switch (call.Name)
        {
            case "write" or "pwrite64" or "ftruncate":
                contents.Add(paths[0]);
                break;
            case "openat" when call.Changes:
            case "mkdir":
                names.Add(paths[^1] == "O_CREAT" ? paths[^2] : paths[^1]);
                break;
            case "link":
                if (contents.Contains(paths[0])) contents.Add(paths[1]);
                names.Add(paths[1]);
                break;
            case "rename" or "renameat2":
                Move(contents, paths[0], paths[1]);
                Move(names, paths[0], paths[1]);
                names.Add(paths[1]);
                break;
            case "unlink" or "rmdir":
                Forget(paths[0]);
                break;
            case "fsync" or "fdatasync":
                contents.Remove(paths[0]);
                names.RemoveWhere(name => Path.GetDirectoryName(name) == paths[0]);
                break;
        }
    }

    /// <summary>What is in a directory keeps what it lacks under its new path.</summary>
    private static void Move(HashSet<string> paths, string from, string to)
    {
        foreach (var path in paths.Where(p => p == from || p.StartsWith(from + "/", StringComparison.Ordinal)).ToList())
        {
            paths.Remove(path);
            paths.Add(to + path[from.Length..]);
        }
    }

    private void Forget(string path)
    {
        contents.Remove(path);
        names.Remove(path);
    }

    [GeneratedRegex(@"LEDGER/(ledger\.json|operations|backup|operations/[^/.]+\.log[^/]*(/[^.].*)?|backup/[^/]+(/log.*)?"
        + @"|[^/.@]+@[0-9]{10}\.log[^/]*(/[^.].*)?|secrets(/[^.].*)?)$")]
    private static partial Regex Matters();
}
