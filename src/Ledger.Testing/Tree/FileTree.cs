namespace Ledger.Testing;

/// <summary>The one tree behind all clients. Every member is called within a <see cref="TreeScope"/>, so that each is
/// one atomic step, unless it says otherwise.</summary>
internal sealed partial class FileTree
{
    private readonly TimeProvider time;
    private readonly List<TreeChange> changes = [];
    private const int MostParsed = 10_000;

    private readonly Dictionary<string, TreePath> parsed = new(StringComparer.Ordinal);
    private int lastRandomName;
    private long lastIdentity;

    public FileTree(TimeProvider time)
    {
        this.time = time;
        Root = new DirectoryNode(Now);
        Root.Add("tmp", new DirectoryNode(Now), Now);
    }

    /// <summary>Raised without the lock, on the thread that made the change.</summary>
    public event Action<TreeChange>? Changed;

    /// <summary>As <see cref="Changed"/>, with nothing but the path; a rename is told for both its paths.</summary>
    public event Action<string>? PathChanged;

    public Lock Sync { get; } = new();

    public DirectoryNode Root { get; }

    /// <summary>Bytes of all files, deleted ones that are still open included.</summary>
    public long UsedBytes { get; private set; }

    public long? TotalBytes { get; set; }

    /// <summary>What is written down for a loss of power; null: nothing.</summary>
    public DiskJournal? Journal { get; set; }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    public long Timestamp => time.GetTimestamp();

    public TimeSpan AgeOf(long timestamp) => time.GetElapsedTime(timestamp);

    public TreeChange[] TakeChanges()
    {
        if (changes.Count == 0)
            return [];
        TreeChange[] taken = [.. changes];
        changes.Clear();
        return taken;
    }

    /// <summary>Called without the lock.</summary>
    public void Tell(TreeChange change)
    {
        Changed?.Invoke(change);
        if (change.OldPath is { } oldPath)
            PathChanged?.Invoke(oldPath);
        PathChanged?.Invoke(change.Path);
    }

    /// <summary>A name no other call has returned. Called without the lock.</summary>
    public string NextRandomName() => $"{Interlocked.Increment(ref lastRandomName):x8}.tmp";

    /// <summary>An absolute path as its parts. Remembered, because the ledger asks for few paths again and again.</summary>
    public TreePath Parsed(string path)
    {
        lock (Sync)
        {
            if (parsed.TryGetValue(path, out var known)) return known;
            if (parsed.Count >= MostParsed) parsed.Clear();
            return parsed[path] = TreePath.Parse(path, "/");
        }
    }

    /// <summary>The number of the next file or directory. Called with the lock.</summary>
    private string NextIdentity() => (++lastIdentity).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What is at a path, or null. A file is not found under a path that ends in a separator.</summary>
    public Node? TryFind(TreePath path)
    {
        Node node = Root;
        foreach (var name in path.Names)
        {
            if (node is not DirectoryNode directory || directory.Find(name) is not { } child)
                return null;
            node = child;
        }

        return path.EndsInSeparator && node is FileNode ? null : node;
    }

    public Node Find(TreePath path) => TryFind(path) ?? throw Missing(path);

    public DirectoryNode FindDirectory(TreePath path) =>
        TryFind(path) as DirectoryNode ?? throw FileErrors.NoDirectory(path.Text);

    /// <summary>Sets times or attributes.</summary>
    public void Update(ClientState by, TreePath path, Action<Node> update)
    {
        var node = Find(path);
        update(node);
        Note(by, TreeChangeKind.Changed, node);
    }

    public IOException Missing(TreePath path)
    {
        // A view may miss what is there.
        var hasParent = TryFind(path.Parent) is DirectoryNode parent && (parent.Find(path.Name) is null || !path.EndsInSeparator);
        return hasParent ? FileErrors.NoFile(path.Text) : FileErrors.NoDirectory(path.Text);
    }

    /// <summary>The directory in which an entry is to be added or removed.</summary>
    private DirectoryNode WritableParent(TreePath path)
    {
        if (TryFind(path.Parent) is not DirectoryNode parent)
            throw FileErrors.NoDirectory(path.Text);
        return parent.IsReadOnly ? throw FileErrors.Denied(path.Text) : parent;
    }

    private void Note(ClientState by, TreeChangeKind kind, Node node, string? oldPath = null)
    {
        // What was deleted and is still open changes unseen.
        if (node.Path is { } path)
            changes.Add(new TreeChange(kind, path, node is DirectoryNode, by, oldPath));
    }
}
