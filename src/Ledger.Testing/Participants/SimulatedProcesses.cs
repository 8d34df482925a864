using System.Globalization;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Testing;

/// <summary>The processes of all simulated hosts. Each host has a boot id and namespaces of its own, so that a kernel is
/// asked about its own processes only.</summary>
internal sealed class SimulatedProcesses
{
    private readonly Lock gate = new();
    private readonly HashSet<int> running = [];
    private readonly List<Watcher> watchers = [];
    private int lastPid;

    public ProcessIdentity Start(string host)
    {
        lock (gate)
        {
            running.Add(++lastPid);
            return new ProcessIdentity(host, $"boot-of-{host}", $"pids-of-{host}", $"mounts-of-{host}", "1000", lastPid,
                lastPid.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Ends a process; those who watch it are told before this returns.</summary>
    public void Exit(ProcessIdentity process)
    {
        Watcher[] told;
        lock (gate)
        {
            if (!running.Remove(process.Pid)) return;
            told = [.. watchers.Where(w => w.Pid == process.Pid)];
        }
        foreach (var watcher in told) watcher.OnExit();
    }

    public IProcessTable TableOf(ProcessIdentity self) => new Table(this, self);

    private bool IsRunning(int pid)
    {
        lock (gate) return running.Contains(pid);
    }

    private Watcher Watch(int pid, Action onExit)
    {
        var watcher = new Watcher(this, pid, onExit);
        bool isGone;
        lock (gate)
        {
            watchers.Add(watcher);
            isGone = !running.Contains(pid);
        }
        if (isGone) onExit();
        return watcher;
    }

    private sealed class Table(SimulatedProcesses all, ProcessIdentity self) : IProcessTable
    {
        public ProcessState Look(ProcessIdentity process)
        {
            if (!process.SharesPidsWith(self)) return ProcessState.Unknown;
            return all.IsRunning(process.Pid) ? ProcessState.Running : ProcessState.Exited;
        }

        public IDisposable? Watch(ProcessIdentity process, Action onExit) =>
            process.SharesPidsWith(self) ? all.Watch(process.Pid, onExit) : null;
    }

    private sealed record Watcher(SimulatedProcesses All, int Pid, Action OnExit) : IDisposable
    {
        public void Dispose()
        {
            lock (All.gate) All.watchers.RemoveAll(w => ReferenceEquals(w, this));
        }
    }
}
