namespace Ledger.Testing;

/// <content>The calls on paths.</content>
internal sealed partial class SystemCalls
{
    /// <summary>What is at a path, or null.</summary>
    public EntryStatus? TryLook(TreePath path) => Run(
        FileCallKind.Look, path, null, () => client.View.Look(tree, path));

    /// <summary>What is at a path. Throws when it is missing.</summary>
    public EntryStatus Look(TreePath path) => Run(
        FileCallKind.Look, path, null, () => client.View.Look(tree, path) ?? throw tree.Missing(path));

    /// <summary>The entries of a directory, in ordinal order.</summary>
    public EntryStatus[] List(TreePath path) => Run(
        FileCallKind.List, path, null, () => client.View.List(tree, path));

    public void MakeDirectory(TreePath path) =>
        Run(FileCallKind.CreateDirectory, path, null, () => Change(path, () => tree.MakeDirectory(client, path)));

    public void DeleteDirectory(TreePath path) =>
        Run(FileCallKind.DeleteDirectory, path, null, () => Change(path, () => tree.DeleteDirectory(client, path)));

    public void DeleteFile(TreePath path) =>
        Run(FileCallKind.DeleteFile, path, null, () => Change(path, () => tree.DeleteFile(client, path)));

    public void MoveFile(TreePath source, TreePath target, bool overwrite) =>
        Run(FileCallKind.Move, source, target.Text, () => Change(source, () =>
        {
            client.View.Forget(target);
            tree.MoveFile(client, source, target, overwrite);
        }));

    public void MoveDirectory(TreePath source, TreePath target) =>
        Run(FileCallKind.Move, source, target.Text, () =>
        {
            client.View.ForgetAll();
            tree.MoveDirectory(client, source, target);
        });

    public void Update(TreePath path, Action<Node> update) =>
        Run(FileCallKind.SetAttributes, path, null, () => Change(path, () => tree.Update(client, path, update)));

    /// <summary>The entries of a directory, or null when there is none.</summary>
    public EntryStatus[]? TryList(TreePath path) => Run(
        FileCallKind.List, path, null, () => tree.TryFind(path) is null ? null : client.View.List(tree, path));

    /// <summary>Which file or directory is at a path, or null: a number it keeps, whatever its path.</summary>
    public string? TryIdentify(TreePath path) => Run(FileCallKind.Look, path, null, () => client.View.Look(tree, path)?.Identity);

    /// <summary>Brings a directory's names to the disk itself. False when there is none.</summary>
    public bool TryFlushDirectory(TreePath path) => Run(FileCallKind.Flush, path, null, () =>
    {
        if (tree.TryFind(path) is not DirectoryNode directory) return false;
        tree.Journal?.Flushed(directory);
        return true;
    });

    /// <summary>Deletes a file; absent, or in a directory that is absent, is no error.</summary>
    public void TryDeleteFile(TreePath path) => Run(FileCallKind.DeleteFile, path, null, () =>
    {
        client.View.Forget(path);
        if (tree.TryFind(path) is not null) tree.DeleteFile(client, path);
    });

    /// <summary>A file's content, opened and read, or null when there is none.</summary>
    public byte[]? TryReadAll(TreePath path)
    {
        var file = Run(FileCallKind.Open, path, null, () => client.View.FindToRead(tree, path) switch
        {
            FileNode found => found,
            null => null,
            _ => throw FileErrors.IsDirectory(path.Text),
        }, FileMode.Open);
        return file is null ? null : Run(FileCallKind.Read, path, null, () =>
        {
            var content = new byte[file.Length];
            file.Read(0, content);
            return content;
        });
    }

    public OpenFile Open(TreePath path, FileMode mode, FileAccess access, FileShare share)
    {
        var pending = Begin(FileCallKind.Open, path.Text, mode: mode);
        OpenFile file;
        using (TreeScope.Enter(tree, client, path.Text))
        {
            var node = mode == FileMode.Open && access == FileAccess.Read
                ? OpenToRead(path, share) : OpenToWrite(path, mode, access, share);
            file = new OpenFile(this, path, node, share, appends: mode == FileMode.Append && AppendsAtomically);
            client.OpenFiles.Add(file);
        }

        // A call that fails leaves nothing open.
        if (pending.Fault is not null)
            file.Close();
        End(pending);
        return file;
    }

    private FileNode OpenToRead(TreePath path, FileShare share) => client.View.FindToRead(tree, path) switch
    {
        null => throw tree.Missing(path),
        FileNode { Parent: null } remembered => tree.OpenDetached(remembered, path, share),
        _ => tree.Open(client, path, FileMode.Open, FileAccess.Read, share),
    };

    private FileNode OpenToWrite(TreePath path, FileMode mode, FileAccess access, FileShare share)
    {
        client.View.Forget(path);
        return tree.Open(client, path, mode, access, share);
    }

    private void Change(TreePath path, Action step)
    {
        client.View.Forget(path);
        step();
    }

    private T Run<T>(FileCallKind kind, TreePath path, string? target, Func<T> step, FileMode? mode = null)
    {
        var pending = Begin(kind, path.Text, target, mode);
        T result;
        using (TreeScope.Enter(tree, client, path.Text))
            result = step();
        End(pending);
        return result;
    }

    private void Run(FileCallKind kind, TreePath path, string? target, Action step) => Run(kind, path, target, () =>
    {
        step();
        return true;
    });
}
