namespace Ledger.Testing.Tests.FileSystem;

internal static class DirectoryScenarios
{
    private static readonly string[] Patterns =
        ["*", "", "*.*", "?", "*.txt", "x.*", "*.TXT", "sub/*", "nothing", "./*", "../*"];

    public static readonly Dictionary<string, Action<Transcript>> All = new()
    {
        ["creating directories"] = t =>
        {
            foreach (var path in (string[])["g", "g/x", "g/", "d", "d/", "a/b/c", "slash/"])
                t.Ask(() => t.Directory.CreateDirectory(t[path]).FullName);
            t.Do(() => t.Directory.CreateDirectory(""));
        },
        ["deleting directories"] = t =>
        {
            foreach (var path in (string[])["nod", "nod/x", "g", "d", "d/sub", "d/sub/"])
                t.Do(() => t.Directory.Delete(t[path]));
            t.Do(() => t.Directory.Delete(t["nod"], true));
            t.Do(() => t.Directory.Delete(t["g"], true));
            t.Directory.CreateDirectory(t["d/1/2/3"]);
            t.Do(() => t.Directory.Delete(t["d"], true));
        },
        ["moving directories"] = t =>
        {
            t.Directory.CreateDirectory(t["e"]);
            foreach (var (source, target) in (ReadOnlySpan<(string, string)>)[
                ("nod", "x"), ("d", "e"), ("d", "g"), ("d", "d"), ("d", "d/sub/x"), ("d", "nod/x"), ("d", "e/moved"),
                ("g", "e/file")])
            {
                t.Do(() => t.Directory.Move(t[source], t[target]));
            }
        },
        ["listing"] = t =>
        {
            t.File.WriteAllText(t["d/x.txt"], "");
            t.File.WriteAllText(t["d/sub/Y.txt"], "");
            var recursive = new EnumerationOptions { RecurseSubdirectories = true };
            foreach (var pattern in Patterns)
            {
                t.Ask(() => t.Directory.GetFileSystemEntries(t["d"], pattern));
                t.Ask(() => t.Directory.GetFiles(t["d"], pattern, SearchOption.AllDirectories));
                t.Ask(() => t.Directory.GetDirectories(t["d/"], pattern));
                t.Ask(() => t.Directory.GetFiles(t["d"], pattern, recursive));
            }
        },
        ["listing with options"] = t =>
        {
            t.Directory.CreateDirectory(t["d/sub/deep/deeper"]);
            foreach (var options in (EnumerationOptions[])[
                new(),
                new() { AttributesToSkip = 0 },
                new() { RecurseSubdirectories = true, MaxRecursionDepth = 1 },
                new() { RecurseSubdirectories = true, MaxRecursionDepth = 0 },
                new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Directory }])
            {
                t.Ask(() => t.Directory.GetFiles(t[""], "*", options));
                t.Ask(() => t.Directory.GetDirectories(t[""], "*", options));
            }

            var anyCase = new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive };
            t.Ask(() => t.Directory.GetFiles(t[""], "G", anyCase));
        },
        ["listing what is no directory"] = t =>
        {
            foreach (var path in (string[])["nod", "g", "g/x"])
            {
                t.Ask(() => t.Directory.GetFiles(t[path]));
                t.Ask(() => t.Directory.EnumerateDirectories(t[path]) is null);
            }

            t.Ask(() => t.Directory.GetFiles(t["d"], null!));
        },
        ["parents and roots"] = t =>
        {
            t.Ask(() => t.Directory.GetParent(t["d/f"]).FullName);
            t.Ask(() => t.Directory.GetParent("/"));
            t.Ask(() => t.Directory.GetDirectoryRoot(t["d"]));
        },
        ["current directory"] = t =>
        {
            t.Do(() => t.Directory.SetCurrentDirectory(t["nod"]));
            t.Do(() => t.Directory.SetCurrentDirectory(t["g"]));
        },
        ["full paths"] = t =>
        {
            foreach (var path in (string[])["a/../b//c/", "../../../../../../x", ".", "a/.", "a/..", "/"])
            {
                t.Ask(() => t.FileSystem.Path.GetFullPath(t[path]));
                t.Ask(() => t.FileSystem.Path.GetFullPath(path, "/base"));
            }
        },
    };
}
