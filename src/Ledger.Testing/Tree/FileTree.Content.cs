namespace Ledger.Testing;

/// <content>Opening, reading and writing files.</content>
internal sealed partial class FileTree
{
    /// <summary>Opens a file, creating or emptying it as the mode says. <see cref="FileMode.CreateNew"/> is exclusive.
    /// </summary>
    public FileNode Open(ClientState by, TreePath path, FileMode mode, FileAccess access, FileShare share)
    {
        var node = TryFind(path);
        if (node is not null && mode == FileMode.CreateNew)
            throw FileErrors.Exists(path.Text);
        if (node is DirectoryNode)
            throw FileErrors.Denied(path.Text);
        if (node is null && mode is FileMode.Open or FileMode.Truncate)
            throw Missing(path);
        var file = node as FileNode ?? CreateFile(by, path);
        if (node is not null && file.IsReadOnly && access.HasFlag(FileAccess.Write))
            throw FileErrors.Denied(path.Text);
        if (!file.TryOpen(share))
            throw FileErrors.InUse(path.Text);
        if (mode is FileMode.Create or FileMode.Truncate && file.Length > 0)
            SetLength(by, file, 0, path.Text);
        return file;
    }

    /// <summary>Opens what a client remembers of a file.</summary>
    public FileNode OpenDetached(FileNode copy, TreePath path, FileShare share)
    {
        if (!copy.TryOpen(share)) throw FileErrors.InUse(path.Text);
        if (copy.OpenCount == 1) UsedBytes += copy.Length; // taken off again when it is closed
        return copy;
    }

    public void Close(FileNode file, FileShare share)
    {
        file.Close(share);
        if (file.OpenCount == 0 && file.Parent is null)
            UsedBytes -= file.Length;
    }

    /// <summary>Writes at an offset. On a full disk, what fits is written before the error.</summary>
    public void Write(ClientState by, FileNode file, long offset, ReadOnlySpan<byte> source, string path)
    {
        ThrowIfTooLarge(offset + source.Length, path);
        var missing = Math.Max(0, offset + source.Length - file.Length) - FreeBytes;
        var fits = (int)Math.Clamp(source.Length - Math.Max(0, missing), 0, source.Length);
        if (fits > 0)
        {
            file.BeginUnflushed(by);
            Journal?.Wrote(file, offset, source[..fits]);
            UsedBytes += Math.Max(0, offset + fits - file.Length);
            file.Write(offset, source[..fits]);
            file.WrittenUtc = Now;
            Note(by, TreeChangeKind.Changed, file);
        }

        if (fits < source.Length)
            throw FileErrors.NoSpace(path);
    }

    public void SetLength(ClientState by, FileNode file, long length, string path)
    {
        ThrowIfTooLarge(length, path);
        if (length - file.Length > FreeBytes)
            throw FileErrors.NoSpace(path);
        file.BeginUnflushed(by);
        Journal?.Sized(file, length);
        UsedBytes += length - file.Length;
        file.SetLength(length);
        file.WrittenUtc = Now;
        Note(by, TreeChangeKind.Changed, file);
    }

    /// <summary>Takes back what a client wrote and did not flush.</summary>
    public void LosePower(ClientState by)
    {
        foreach (var file in by.Unflushed.ToList())
        {
            UsedBytes -= file.Revert();
            Note(by, TreeChangeKind.Changed, file);
        }
    }

    private long FreeBytes => TotalBytes is { } total ? Math.Max(0, total - UsedBytes) : long.MaxValue;

    private FileNode CreateFile(ClientState by, TreePath path)
    {
        var parent = WritableParent(path);
        if (path.EndsInSeparator)
            throw FileErrors.Denied(path.Text);
        var file = new FileNode(Now) { Identity = NextIdentity() };
        parent.Add(path.Name, file, Now);
        Journal?.Named(parent, path.Name, file);
        Note(by, TreeChangeKind.Created, file);
        return file;
    }

    private static void ThrowIfTooLarge(long length, string path)
    {
        if (length > Array.MaxLength)
            throw FileErrors.TooLarge(path);
    }
}
