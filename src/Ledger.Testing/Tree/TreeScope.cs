namespace Ledger.Testing;

/// <summary>Holds the tree's lock; when disposed, lets go of it and then tells whoever listens what changed, so that a
/// listener may use the file system.</summary>
internal readonly ref struct TreeScope
{
    private readonly FileTree tree;

    private TreeScope(FileTree tree) => this.tree = tree;

    /// <summary>Enters on behalf of a client, if that is alive and connected. Checked under the lock: a crash is a
    /// point in the order of all calls, after which none of that client takes effect.</summary>
    public static TreeScope Enter(FileTree tree, ClientState client, string path)
    {
        tree.Sync.Enter();
        if (client.WhyGone(path) is not { } gone)
            return new TreeScope(tree);
        tree.Sync.Exit();
        throw gone;
    }

    /// <summary>Enters for what happens to the disk, whoever is alive.</summary>
    public static TreeScope EnterAsSystem(FileTree tree)
    {
        tree.Sync.Enter();
        return new TreeScope(tree);
    }

    public void Dispose()
    {
        var changes = tree.TakeChanges();
        tree.Sync.Exit();
        foreach (var change in changes)
            tree.Tell(change);
    }
}
