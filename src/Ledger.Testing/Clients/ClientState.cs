namespace Ledger.Testing;

/// <summary>One client: a simulated process that uses the tree. Flags and open files are guarded by the tree's lock.
/// </summary>
internal sealed class ClientState(string name)
{
    public string Name => name;

    public bool IsCrashed { get; set; }

    public bool IsPartitioned { get; set; }

    public HashSet<OpenFile> OpenFiles { get; } = [];

    public Exception? WhyGone(string path)
    {
        if (IsCrashed)
            return FileErrors.Crashed(name);
        return IsPartitioned ? FileErrors.NotConnected(path) : null;
    }
}
