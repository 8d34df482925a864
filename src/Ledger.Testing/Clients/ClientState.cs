namespace Ledger.Testing;

/// <summary>One client: a simulated process that uses the tree. Flags and open files are guarded by the tree's lock.
/// </summary>
internal sealed class ClientState(string name, SimulatedView view)
{
    private bool isPartitioned;

    public string Name => name;

    public SimulatedView View => view;

    public bool IsCrashed { get; set; }

    public bool IsPartitioned
    {
        get => isPartitioned;
        set
        {
            if (isPartitioned && !value)
            {
                Connection++;
                view.ForgetAll();
            }
            isPartitioned = value;
        }
    }

    /// <summary>Counts the times it came back after it was cut off.</summary>
    public int Connection { get; private set; }

    public HashSet<OpenFile> OpenFiles { get; } = [];

    /// <summary>Files that hold bytes of this client which are not on the disk yet.</summary>
    public HashSet<FileNode> Unflushed { get; } = [];

    public Exception? WhyGone(string path)
    {
        if (IsCrashed)
            return FileErrors.Crashed(name);
        return IsPartitioned ? FileErrors.NotConnected(path) : null;
    }
}
