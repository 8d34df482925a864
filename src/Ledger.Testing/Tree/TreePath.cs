namespace Ledger.Testing;

/// <summary>An absolute Unix path, normalised: no empty, <c>.</c> or <c>..</c> parts. There are no links, so that
/// <c>..</c> can be resolved by its text.</summary>
internal readonly record struct TreePath(string Text, string[] Names, bool EndsInSeparator)
{
    private const int LongestName = 255;

    /// <summary>Makes a path absolute. Its trailing separator is kept, for it means "must be a directory".</summary>
    /// <exception cref="ArgumentException">The path is null, empty, or contains a null character.</exception>
    public static TreePath Parse(string path, string currentDirectory, string parameter = "path")
    {
        ArgumentException.ThrowIfNullOrEmpty(path, parameter);
        if (path.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("Null character in path.", parameter);
        var names = new List<string>();
        foreach (var name in (path[0] == '/' ? path : $"{currentDirectory}/{path}").Split('/'))
        {
            if (name == ".." && names.Count > 0)
                names.RemoveAt(names.Count - 1);
            else if (name is not ("" or "." or ".."))
                names.Add(name);
        }

        var text = "/" + string.Join('/', names);
        var endsInSeparator = path[^1] == '/' && names.Count > 0;
        if (endsInSeparator)
            text += "/";
        if (names.Exists(name => System.Text.Encoding.UTF8.GetByteCount(name) > LongestName))
            throw FileErrors.TooLong(text);
        return new TreePath(text, [.. names], endsInSeparator);
    }

    /// <summary>The path without a trailing separator.</summary>
    public string Trimmed => EndsInSeparator ? Text[..^1] : Text;

    /// <summary>The last part; empty for the root.</summary>
    public string Name => Names.Length == 0 ? "" : Names[^1];

    public bool IsRoot => Names.Length == 0;

    /// <summary>The directory that holds it. Not defined for the root.</summary>
    public TreePath Parent => new("/" + string.Join('/', Names[..^1]), Names[..^1], EndsInSeparator: false);

    public TreePath Child(string name) => new(IsRoot ? $"/{name}" : $"{Trimmed}/{name}", [.. Names, name], false);

    public override string ToString() => Text;
}
