using System.Text.RegularExpressions;

namespace Ledger.CrashTests.CrashPoints;

/// <summary>Which contents and which names are in memory only, by the calls of a trace so far.</summary>
internal sealed partial class UnflushedPaths
{
    private readonly HashSet<string> contents = new(StringComparer.Ordinal);
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>Those on which what was acknowledged rests: the manifest, logs, and the directories they are in.</summary>
    public IEnumerable<string> OfLogs => contents.Select(p => $"content of {p}").Concat(names.Select(p => $"name of {p}"))
        .Where(p => Matters().IsMatch(p));

    public void Note(TracedCall call)
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
            case "link" or "rename" or "renameat2":
                if (contents.Contains(paths[0])) contents.Add(paths[1]);
                names.Add(paths[1]);
                if (call.Name != "link") Forget(paths[0]);
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

    private void Forget(string path)
    {
        contents.Remove(path);
        names.Remove(path);
    }

    [GeneratedRegex(@"LEDGER/(ledger\.json|operations|backup|operations/[^/.]+\.log[^/]*(/[^.].*)?|backup/[^/]+(/log.*)?)$")]
    private static partial Regex Matters();
}
