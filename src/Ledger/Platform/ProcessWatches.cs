using Ledger.Model;

namespace Ledger.Platform;

/// <summary>The processes <see cref="KernelEvents"/> waits for. Descriptors are closed on its thread only, so that none
/// is used again while poll(2) looks at it.</summary>
internal sealed class ProcessWatches(Action<Action> post, Action<Action> runSafely)
{
    private readonly Lock _gate = new();
    private readonly List<ProcessWatch> _watches = [];
    private ProcessWatch[] _current = [];

    /// <summary>What to poll. Called by the kernel thread.</summary>
    public ProcessWatch[] Current()
    {
        lock (_gate) return _current;
    }

    public IDisposable? Add(ProcessIdentity process, Action onExit)
    {
        if (process.Pid <= 0 || process.StartToken.Length == 0) return null;
        var descriptor = Libc.OpenPidfd(process.Pid, out var error);
        if (descriptor < 0 && error != Libc.NoSuchProcess) return null;
        var watch = new ProcessWatch(this, descriptor, onExit);

        // The descriptor may be that of a later process with the same pid, but from here on it stays the same one.
        var state = descriptor < 0 ? ProcessState.Exited : ProcessTable.Look(process.Pid, process.StartToken);
        if (state == ProcessState.Running)
        {
            Change(() => _watches.Add(watch));
            post(static () => { });
            return watch;
        }

        if (descriptor >= 0) Libc.CloseDescriptor(descriptor);
        if (state == ProcessState.Unknown) return null;
        post(() => Tell(watch));
        return watch;
    }

    /// <summary>Called by the kernel thread.</summary>
    public void HasExited(ProcessWatch watch)
    {
        Close(watch);
        runSafely(() => Tell(watch));
    }

    /// <summary>Called by the kernel thread, at its end.</summary>
    public void CloseAll()
    {
        foreach (var watch in Current()) Close(watch);
    }

    internal void Remove(ProcessWatch watch) => post(() => Close(watch));

    private static void Tell(ProcessWatch watch)
    {
        if (watch.TryFinish()) watch.OnExit();
    }

    private void Close(ProcessWatch watch)
    {
        var removed = false;
        Change(() => removed = _watches.Remove(watch));
        if (removed) Libc.CloseDescriptor(watch.Descriptor);
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            _current = [.. _watches];
        }
    }
}

/// <summary>One process that is waited for.</summary>
internal sealed class ProcessWatch(ProcessWatches owner, int descriptor, Action onExit) : IDisposable
{
    private int _finished;

    public int Descriptor => descriptor;

    public Action OnExit => onExit;

    /// <summary>True for the first who asks: told and disposed exclude each other.</summary>
    public bool TryFinish() => Interlocked.Exchange(ref _finished, 1) == 0;

    public void Dispose()
    {
        if (TryFinish()) owner.Remove(this);
    }
}
