namespace Ledger.Testing;

/// <summary>What one client can ask of the tree, each call wrapped in its faults. The rest of the file system is built
/// from these steps, as the real one is from system calls.</summary>
internal sealed partial class SystemCalls(FileTree tree, ClientState client)
{
    private long lastNumber;
    private volatile Func<FileCall, FileFault?>? fault;

    public FileTree Tree => tree;

    public ClientState Client => client;

    public Func<FileCall, FileFault?>? Fault
    {
        get => fault;
        set => fault = value;
    }

    /// <summary>Told once of each crash, whatever caused it.</summary>
    public Action? Crashed { get; set; }

    /// <summary>Whether what is opened to append is written at the end the file has by then.</summary>
    public bool AppendsAtomically { get; set; }

    public bool IsCrashed
    {
        get
        {
            lock (tree.Sync)
                return client.IsCrashed;
        }
    }

    public bool IsPartitioned
    {
        get
        {
            lock (tree.Sync)
                return client.IsPartitioned;
        }

        set
        {
            lock (tree.Sync)
                client.IsPartitioned = value;
        }
    }

    /// <summary>Kills the client: what it has open is closed, as the system does; what it had not written is lost.
    /// </summary>
    public void Crash(bool losesUnflushed = false)
    {
        using (TreeScope.EnterAsSystem(tree))
        {
            if (losesUnflushed)
                tree.LosePower(client);
            if (client.IsCrashed)
                return;
            client.IsCrashed = true;
            foreach (var file in client.OpenFiles)
                file.Release();
            client.OpenFiles.Clear();
        }

        Crashed?.Invoke();
    }

    public void Restart()
    {
        lock (tree.Sync)
            client.IsCrashed = false;
    }

    /// <summary>Asks the hook about a call. Throws what must prevent it. The hook runs without locks, so that a test
    /// can hold a call up in it.</summary>
    public PendingCall Begin(
        FileCallKind kind, string path, string? target = null, FileMode? mode = null, int length = 0)
    {
        lock (tree.Sync)
        {
            if (client.WhyGone(path) is { } gone)
                throw gone;
        }

        var number = Interlocked.Increment(ref lastNumber);
        if (fault is not { } hook) return default;
        var call = new FileCall(client.Name, number, kind, path)
        {
            Target = target,
            Mode = mode,
            Length = length,
        };
        var pending = new PendingCall(call, hook(call));
        if (pending.Fault is { Bytes: not null } && kind != FileCallKind.Write)
            throw new InvalidOperationException($"Only a write can be short or torn, not {call}.");
        if (pending.Fault is { TakesEffect: false })
            throw ErrorOf(pending);
        return pending;
    }

    /// <summary>Ends a call that has taken effect.</summary>
    public void End(PendingCall pending)
    {
        if (pending.Fault is not null)
            throw ErrorOf(pending);
    }

    private Exception ErrorOf(PendingCall pending)
    {
        if (pending.Fault!.IsCrash)
            Crash();
        return pending.Fault.ErrorOf(pending.Call);
    }
}
