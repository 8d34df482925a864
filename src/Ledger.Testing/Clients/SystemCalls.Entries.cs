namespace Ledger.Testing;

/// <content>The calls on paths.</content>
internal sealed partial class SystemCalls
{
    /// <summary>What is at a path, or null.</summary>
    public EntryStatus? TryLook(TreePath path) => Run(
        FileCallKind.Look, path, null, () => tree.TryFind(path) is { } node ? EntryStatus.Of(node) : null);

    /// <summary>What is at a path. Throws when it is missing.</summary>
    public EntryStatus Look(TreePath path) => Run(FileCallKind.Look, path, null, () => EntryStatus.Of(tree.Find(path)));

    /// <summary>The entries of a directory, in ordinal order.</summary>
    public EntryStatus[] List(TreePath path) => Run(
        FileCallKind.List, path, null, () => tree.FindDirectory(path).Entries.Select(EntryStatus.Of).ToArray());

    public void MakeDirectory(TreePath path) =>
        Run(FileCallKind.CreateDirectory, path, null, () => tree.MakeDirectory(client, path));

    public void DeleteDirectory(TreePath path) =>
        Run(FileCallKind.DeleteDirectory, path, null, () => tree.DeleteDirectory(client, path));

    public void DeleteFile(TreePath path) =>
        Run(FileCallKind.DeleteFile, path, null, () => tree.DeleteFile(client, path));

    public void MoveFile(TreePath source, TreePath target, bool overwrite) =>
        Run(FileCallKind.Move, source, target.Text, () => tree.MoveFile(client, source, target, overwrite));

    public void MoveDirectory(TreePath source, TreePath target) =>
        Run(FileCallKind.Move, source, target.Text, () => tree.MoveDirectory(client, source, target));

    public void Update(TreePath path, Action<Node> update) =>
        Run(FileCallKind.SetAttributes, path, null, () => tree.Update(client, path, update));

    public OpenFile Open(TreePath path, FileMode mode, FileAccess access, FileShare share)
    {
        var pending = Begin(FileCallKind.Open, path.Text, mode: mode);
        OpenFile file;
        using (TreeScope.Enter(tree, client, path.Text))
        {
            file = new OpenFile(this, path, tree.Open(client, path, mode, access, share), share);
            client.OpenFiles.Add(file);
        }

        // A call that fails leaves nothing open.
        if (pending.Fault is not null)
            file.Close();
        End(pending);
        return file;
    }

    private T Run<T>(FileCallKind kind, TreePath path, string? target, Func<T> step)
    {
        var pending = Begin(kind, path.Text, target);
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
