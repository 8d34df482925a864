namespace Ledger.Testing;

/// <summary>A file or directory apart from its path, as an inode is. Guarded by the tree's lock.</summary>
internal abstract class Node(DateTime now)
{
    /// <summary>The directory it is in; null when it was deleted, and for the root.</summary>
    public DirectoryNode? Parent { get; set; }

    public string Name { get; set; } = "";

    /// <summary>Which one it is, for as long as the tree exists.</summary>
    public string Identity { get; init; } = "";

    public DateTime CreatedUtc { get; set; } = now;

    public DateTime WrittenUtc { get; set; } = now;

    public DateTime AccessedUtc { get; set; } = now;

    public bool IsReadOnly { get; set; }

    /// <summary>Where it is now, or null when it was deleted.</summary>
    public string? Path
    {
        get
        {
            if (Parent is null)
                return Name.Length == 0 ? "/" : null;
            return Parent.Path is not { } parent ? null : parent == "/" ? parent + Name : $"{parent}/{Name}";
        }
    }
}
