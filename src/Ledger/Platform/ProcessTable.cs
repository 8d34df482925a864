using Ledger.Model;

namespace Ledger.Platform;

/// <summary>The real processes.</summary>
/// <param name="self">This process.</param>
/// <param name="events">Where processes are watched; null when nothing can be.</param>
internal sealed class ProcessTable(ProcessIdentity self, KernelEvents? events) : IProcessTable
{
    public ProcessState Look(ProcessIdentity process)
    {
        // 0 and below would ask about groups.
        if (!process.SharesPidsWith(self) || process.Pid <= 0 || process.StartToken.Length == 0) return ProcessState.Unknown;
        return Look(process.Pid, process.StartToken);
    }

    public IDisposable? Watch(ProcessIdentity process, Action onExit) =>
        process.SharesPidsWith(self) ? events?.WatchProcess(process, onExit) : null;

    /// <summary>How a process of this boot and pid namespace is.</summary>
    internal static ProcessState Look(int pid, string startToken)
    {
        var error = Libc.Kill(pid, 0);
        if (error == Libc.NoSuchProcess) return ProcessState.Exited;
        if (error != 0) return ProcessState.Unknown;
        if (ProcStat.Read(pid) is { } stat)
            return stat.IsGone || stat.StartToken != startToken ? ProcessState.Exited : ProcessState.Running;

        // It may have ended between the two looks; otherwise /proc hides it.
        return Libc.Kill(pid, 0) == Libc.NoSuchProcess ? ProcessState.Exited : ProcessState.Unknown;
    }
}
