using System.Text;

namespace Ledger.Testing.Tests.FileSystem;

internal static class FileScenarios
{
    public static readonly Dictionary<string, Action<Transcript>> All = new()
    {
        ["reading what is missing or no file"] = t =>
        {
            foreach (var path in (string[])["d/x", "nod/x", "d/f/x", "d", "g/", "q/", "d/", "a\0b"])
                t.Ask(() => t.File.ReadAllText(t[path]));
            t.Ask(() => t.File.ReadAllText(""));
            t.Ask(() => t.File.ReadAllText(t[new string('n', 256)]));
        },
        ["writing where it cannot be"] = t =>
        {
            foreach (var path in (string[])["d", "nod/x", "g/x", "new/", "g/", "d/", "ok"])
                t.Do(() => t.File.WriteAllText(t[path], "x"));
        },
        ["existence"] = t =>
        {
            foreach (var path in (string[])["g", "g/", "d", "d/", "d/f", "d/f/", "d/./f", "d/../g", "q", "nod/x", "G"])
            {
                t.Ask(() => t.File.Exists(t[path]));
                t.Ask(() => t.Directory.Exists(t[path]));
            }

            t.Ask(() => t.File.Exists(""));
            t.Ask(() => t.File.Exists(null!));
            t.Ask(() => t.Directory.Exists(null!));
        },
        ["whole contents"] = t =>
        {
            t.Do(() => t.File.WriteAllBytes(t["b"], [65, 0, 66]));
            t.Do(() => t.File.WriteAllLines(t["l"], ["one", "two"]));
            t.Do(() => t.File.AppendAllLines(t["l"], ["three"]));
            t.Do(() => t.File.AppendAllText(t["l"], "four"));
            t.Do(() => t.File.AppendAllText(t["new"], "ä"));
            t.Do(() => t.File.WriteAllText(t["bom"], "ä", Encoding.UTF8));
            t.Do(() => t.File.AppendAllText(t["bom"], "ö", Encoding.UTF8));
            t.Do(() => t.File.WriteAllText(t["wide"], "ä", Encoding.Unicode));
            t.Do(() => t.File.WriteAllText(t["empty"], null));
            foreach (var path in (string[])["b", "l", "new", "bom", "wide", "empty"])
            {
                t.Ask(() => Convert.ToHexString(t.File.ReadAllBytes(t[path])));
                t.Ask(() => t.File.ReadAllText(t[path]));
                t.Ask(() => t.File.ReadAllLines(t[path]));
            }

            t.Ask(() => t.File.ReadAllText(t["wide"], Encoding.Unicode));
            t.Ask(() => t.File.ReadLines(t["l"]).ToArray());
            t.Ask(() => t.File.ReadLines(t["q"]));
        },
        ["deleting"] = t =>
        {
            foreach (var path in (string[])["q", "nod/q", "g/q", "d", "g/", "g", "g"])
                t.Do(() => t.File.Delete(t[path]));
        },
        ["moving without overwrite"] = t =>
        {
            foreach (var (source, target) in (ReadOnlySpan<(string, string)>)[
                ("q", "r"), ("nod/q", "r"), ("d", "r"), ("g", "nod/r"), ("g", "d/f"), ("g", "d"), ("g", "g"),
                ("g", "moved"), ("moved", "d/sub/again")])
            {
                t.Do(() => t.File.Move(t[source], t[target]));
            }
        },
        ["moving with overwrite"] = t =>
        {
            foreach (var (source, target) in (ReadOnlySpan<(string, string)>)[
                ("q", "g"), ("g", "d"), ("g", "g"), ("g", "nod/r"), ("g", "d/f"), ("d/f", "new")])
            {
                t.Do(() => t.File.Move(t[source], t[target], true));
            }
        },
        ["copying"] = t =>
        {
            foreach (var (source, target) in (ReadOnlySpan<(string, string)>)[
                ("q", "r"), ("d", "r"), ("g", "d"), ("g", "nod/r"), ("g", "g"), ("g", "d/f"), ("g", "copy")])
            {
                t.Do(() => t.File.Copy(t[source], t[target]));
            }

            t.Do(() => t.File.Copy(t["g"], t["g"], true));
            t.Do(() => t.File.Copy(t["g"], t["d"], true));
            t.Do(() => t.File.Copy(t["g"], t["d/f"], true));
        },
        ["a copy keeps times"] = t =>
        {
            t.File.SetLastWriteTimeUtc(t["g"], DateTime.UnixEpoch);
            t.Do(() => t.File.Copy(t["g"], t["copy"]));
            t.Ask(() => t.File.GetLastWriteTimeUtc(t["copy"]));
        },
        ["replacing"] = t =>
        {
            t.Do(() => t.File.Replace(t["q"], t["g"], null));
            t.Do(() => t.File.Replace(t["d"], t["g"], null));
            t.Do(() => t.File.Replace(t["g"], t["d"], null));
            t.Do(() => t.File.Replace(t["g"], t["d/f"], t["backup"]));
            t.File.WriteAllText(t["g"], "2");
            t.Do(() => t.File.Replace(t["g"], t["d/f"], t["backup"]));
            t.File.WriteAllText(t["g"], "3");
            t.Do(() => t.File.Replace(t["g"], t["d/f"], null));
        },
        ["times and attributes"] = t =>
        {
            foreach (var path in (string[])["q", "nod/q", "d/f/x", "g", "d", ".hidden"])
            {
                t.Do(() => t.File.SetLastWriteTimeUtc(t[path], new DateTime(2001, 2, 3, 4, 5, 6)));
                t.Ask(() => t.File.GetLastWriteTimeUtc(t[path]));
                t.Ask(() => t.File.GetLastWriteTimeUtc(t[path]).Kind);
                t.Ask(() => t.Directory.GetLastWriteTimeUtc(t[path]));
                t.Ask(() => t.File.GetAttributes(t[path]));
            }

            t.Do(() => t.File.SetAttributes(t["g"], FileAttributes.ReadOnly | FileAttributes.Hidden));
            t.Ask(() => t.File.GetAttributes(t["g"]));
            t.Do(() => t.File.SetAttributes(t["q"], FileAttributes.ReadOnly));
            t.Do(() => t.File.SetLastWriteTime(t["d/f"], new DateTime(2001, 2, 3)));
            t.Ask(() => t.File.GetLastWriteTime(t["d/f"]));
        },
    };
}
