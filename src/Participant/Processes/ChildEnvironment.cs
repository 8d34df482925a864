using System.Collections;
using Ledger.Platform;

namespace Ledger.Hosting.Processes;

/// <summary>The environment of a command: this process's own, with changes.</summary>
internal static class ChildEnvironment
{
    private const string Env = "/usr/bin/env";

    /// <summary>All variables; a change to null removes one.</summary>
    public static Dictionary<string, string> Build(IReadOnlyDictionary<string, string?> changes)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry each in Environment.GetEnvironmentVariables()) all[(string)each.Key] = (string?)each.Value ?? "";
        all.Remove(ProcessVariables.Lifeline);
        foreach (var (name, value) in changes)
        {
            if (value is null) all.Remove(name);
            else all[name] = value;
        }

        return all;
    }

    /// <summary>As <c>NAME=value</c>.</summary>
    public static List<string> Lines(IEnumerable<KeyValuePair<string, string>> variables) =>
        [.. variables.Select(each => $"{each.Key}={each.Value}")];

    /// <summary>The words the gate executes. Some shells forget variables whose names are no names to them
    /// (<c>BASH_FUNC_x%%</c>, <c>a.b</c>), so <c>env</c> sets these once more.</summary>
    public static IReadOnlyList<string> Words(
        string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables)
    {
        var foreign = variables.Where(each => !IsShellName(each.Key)).ToList();
        // A path with "=" would be taken for one more variable.
        if (foreign.Count == 0 || path.Contains('=', StringComparison.Ordinal)) return [path, .. arguments];
        return [Env, .. Lines(foreign), path, .. arguments];
    }

    private static bool IsShellName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(each => char.IsAsciiLetterOrDigit(each) || each == '_');
}
