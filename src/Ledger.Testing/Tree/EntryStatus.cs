namespace Ledger.Testing;

/// <summary>What a look at a path sees.</summary>
internal sealed record EntryStatus(
    string Name,
    bool IsDirectory,
    bool IsReadOnly,
    long Length,
    DateTime CreatedUtc,
    DateTime WrittenUtc,
    DateTime AccessedUtc,
    string Identity)
{
    /// <summary>As .NET reports them on Unix: names that begin with a dot are hidden.</summary>
    public FileAttributes Attributes
    {
        get
        {
            var attributes = (IsDirectory ? FileAttributes.Directory : 0)
                | (IsReadOnly ? FileAttributes.ReadOnly : 0)
                | (Name.StartsWith('.') ? FileAttributes.Hidden : 0);
            return attributes == 0 ? FileAttributes.Normal : attributes;
        }
    }

    public static EntryStatus Of(Node node) => new(
        node.Name,
        node is DirectoryNode,
        node.IsReadOnly,
        node is FileNode file ? file.Length : 0,
        node.CreatedUtc,
        node.WrittenUtc,
        node.AccessedUtc,
        node.Identity);
}
