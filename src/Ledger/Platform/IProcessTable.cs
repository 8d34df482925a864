using Ledger.Model;

namespace Ledger.Platform;

/// <summary>What the kernel says about a process.</summary>
internal enum ProcessState
{
    /// <summary>It exists, and is the one that was asked about. It may be stopped, or hang.</summary>
    Running,

    /// <summary>It is gone for certain.</summary>
    Exited,

    /// <summary>The kernel cannot be asked, or gave no clear answer.</summary>
    Unknown,
}

/// <summary>The processes of this machine. Thread-safe. Simulated processes stand in here.</summary>
internal interface IProcessTable
{
    /// <summary>How a process is. <see cref="ProcessState.Unknown"/> unless it shares boot and pid namespace with this
    /// one.</summary>
    ProcessState Look(ProcessIdentity process);

    /// <summary>Calls once, soon after the process has exited, on a thread that must not be kept; at once if it is gone
    /// already. Null when it cannot be watched: look from time to time then. A call under way when the watch is disposed
    /// still ends.</summary>
    IDisposable? Watch(ProcessIdentity process, Action onExit);
}
