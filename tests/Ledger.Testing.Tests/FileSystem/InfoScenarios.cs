namespace Ledger.Testing.Tests.FileSystem;

internal static class InfoScenarios
{
    public static readonly Dictionary<string, Action<Transcript>> All = new()
    {
        ["what infos say"] = t =>
        {
            foreach (var path in (string[])["g", "d", "d/", "d/f", "q", "nod/q", ".hidden", "d/../g"])
            {
                var file = t.FileSystem.FileInfo.FromFileName(t[path]);
                t.Ask(() => $"{file} {file.FullName} {file.Name} {file.Extension}");
                t.Ask(() => $"{file.DirectoryName} {file.Directory}");
                t.Ask(() => $"{file.Exists} {file.Attributes} {file.IsReadOnly} {file.LinkTarget}");
                t.Ask(() => file.Length);
                var directory = t.FileSystem.DirectoryInfo.FromDirectoryName(t[path]);
                t.Ask(() => $"{directory} {directory.FullName} {directory.Name} {directory.Parent} {directory.Root}");
                t.Ask(() => $"{directory.Exists} {directory.Attributes}");
            }

            t.Ask(() => t.FileSystem.FileInfo.FromFileName(t["q"]).LastWriteTimeUtc);
            t.Ask(() => t.FileSystem.DirectoryInfo.FromDirectoryName("/").Name);
            t.Ask(() => t.FileSystem.DirectoryInfo.FromDirectoryName("/").Parent);
            t.Ask(() => t.FileSystem.FileInfo.FromFileName(""));
            t.Ask(() => t.FileSystem.FileInfo.FromFileName(null!));
        },
        ["infos remember what they saw"] = t =>
        {
            var info = t.FileSystem.FileInfo.FromFileName(t["g"]);
            t.Ask(() => info.Length);
            t.File.WriteAllText(t["g"], "longer than before");
            t.Ask(() => info.Length);
            t.Do(info.Refresh);
            t.Ask(() => info.Length);
            t.Do(info.Delete);
            t.Ask(() => info.Exists);
        },
        ["changing through infos"] = t =>
        {
            var file = t.FileSystem.FileInfo.FromFileName(t["g"]);
            t.Do(() => file.LastWriteTimeUtc = DateTime.UnixEpoch);
            t.Ask(() => file.LastWriteTimeUtc);
            t.Do(() => file.IsReadOnly = true);
            t.Ask(() => file.IsReadOnly);
            t.Do(() => file.IsReadOnly = false);
            t.Ask(() => file.CopyTo(t["copy"]).FullName);
            t.Do(() => file.CopyTo(t["copy"]));
            t.Do(() => file.MoveTo(t["moved"]));
            t.Ask(() => $"{file.FullName} {file.Name} {file.Exists}");
            t.Do(() => file.MoveTo(t["copy"]));
            t.Do(() => t.FileSystem.FileInfo.FromFileName(t["q"]).Delete());
            t.Do(() => t.FileSystem.DirectoryInfo.FromDirectoryName(t["q"]).Delete());
        },
        ["directories through infos"] = t =>
        {
            var info = t.FileSystem.DirectoryInfo.FromDirectoryName(t["d"]);
            t.Ask(() => info.GetFiles().Select(found => found.FullName).ToArray());
            t.Ask(() => info.GetDirectories().Select(found => found.Name).ToArray());
            t.Ask(() => info.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Select(found => found.Name));
            t.Ask(() => info.CreateSubdirectory("new/deep").FullName);
            t.Ask(() => info.CreateSubdirectory("../outside"));
            t.Do(() => info.MoveTo(t["e"]));
            t.Ask(() => info.Exists);
            t.Do(() => info.Delete());
            t.Do(() => info.Delete(recursive: true));
            t.Ask(() => info.Exists);
            t.Ask(() => info.GetFiles().Length);
            t.Do(info.Create);
            t.Ask(() => info.Exists);
        },
    };
}
