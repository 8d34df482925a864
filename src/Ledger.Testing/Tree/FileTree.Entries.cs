namespace Ledger.Testing;

/// <content>Creating, removing and renaming entries.</content>
internal sealed partial class FileTree
{
    /// <summary>Creates one directory. Existing is no error; a file of that name is.</summary>
    public void MakeDirectory(ClientState by, TreePath path)
    {
        var existing = path.IsRoot ? Root : WritableOrExisting(path);
        if (existing is FileNode)
            throw FileErrors.Exists(path.Trimmed);
        if (existing is not null)
            return;
        var directory = new DirectoryNode(Now) { Identity = NextIdentity() };
        var parent = WritableParent(path);
        parent.Add(path.Name, directory, Now);
        Journal?.Named(parent, path.Name, directory);
        Note(by, TreeChangeKind.Created, directory);
    }

    public void DeleteDirectory(ClientState by, TreePath path)
    {
        var directory = FindDirectory(path);
        if (directory.Entries.Count > 0)
            throw FileErrors.NotEmpty(path.Text);
        if (path.IsRoot)
            throw FileErrors.Denied(path.Text);
        var parent = WritableParent(path);
        Note(by, TreeChangeKind.Deleted, directory);
        parent.Remove(directory, Now);
        Journal?.Unnamed(parent, path.Name, directory);
    }

    /// <summary>Deletes a file. Absent is no error, as long as its directory is there.</summary>
    public void DeleteFile(ClientState by, TreePath path)
    {
        if (path.IsRoot)
            throw FileErrors.Denied(path.Text);
        var parent = WritableParent(path);
        switch (TryFind(path))
        {
            case DirectoryNode:
                throw FileErrors.Denied(path.Text);
            case FileNode file:
                Note(by, TreeChangeKind.Deleted, file);
                Unlink(file, parent);
                Journal?.Unnamed(parent, path.Name, file);
                break;
            case null when path.EndsInSeparator && parent.Find(path.Name) is FileNode:
                throw FileErrors.NoDirectory(path.Text);
        }
    }

    /// <summary>Renames a file. Without <paramref name="overwrite"/> the target must not exist: of many racers one
    /// wins.</summary>
    public void MoveFile(ClientState by, TreePath source, TreePath target, bool overwrite)
    {
        if (TryFind(source) is not FileNode file)
            throw FileErrors.NoFile(source.Text);
        var existing = TryFind(target);
        if (ReferenceEquals(existing, file))
            return;
        if (existing is not null && !overwrite)
            throw FileErrors.Exists(target.Text);
        if (existing is DirectoryNode)
            throw FileErrors.IsDirectory(target.Text);
        if (target.EndsInSeparator)
            throw FileErrors.NoDirectory(target.Text);
        Relink(by, file, WritableParent(source), WritableParent(target), target);
    }

    /// <summary>Renames a directory with all it holds, or a file. The target must not exist.</summary>
    public void MoveDirectory(ClientState by, TreePath source, TreePath target)
    {
        var node = TryFind(source) ?? throw FileErrors.NoDirectory(source.Text);
        if (TryFind(target) is not null)
            throw FileErrors.TargetExists(target.Trimmed);

        // The real one names the source here, too.
        if (TryFind(target.Parent) is not DirectoryNode parent)
            throw FileErrors.NoDirectory(source.Text);
        if (parent.IsInside(node))
            throw FileErrors.InvalidArgument();
        Relink(by, node, WritableParent(source), WritableParent(target), target);
    }

    private Node? WritableOrExisting(TreePath path) =>
        TryFind(path.Parent) is DirectoryNode parent ? parent.Find(path.Name) : throw FileErrors.NoDirectory(path.Text);

    private void Relink(ClientState by, Node node, DirectoryNode from, DirectoryNode to, TreePath target)
    {
        var oldPath = node.Path;
        Journal?.Renamed(from, node.Name, to, target.Name, node);
        if (to.Find(target.Name) is FileNode replaced)
            Unlink(replaced, to);
        from.Remove(node, Now);
        to.Add(target.Name, node, Now);
        Note(by, TreeChangeKind.Renamed, node, oldPath);
    }

    private void Unlink(FileNode file, DirectoryNode parent)
    {
        parent.Remove(file, Now);
        if (file.OpenCount == 0)
            UsedBytes -= file.Length;
    }
}
