namespace Ledger.Model;

/// <summary>Which process, beyond doubt: a process id alone is reused, and a host name proves nothing.</summary>
/// <param name="Host">The machine's name, for people; no decision uses it.</param>
/// <param name="BootId">The kernel's id of this boot; two processes share a kernel's clock and process table only when it
/// is equal. Empty where the system has none: then nothing is judged by the kernel's word.</param>
/// <param name="PidNamespace">The process-id namespace; containers share directories but not process ids.</param>
/// <param name="MountNamespace">The mount namespace: equal paths name equal files only within it.</param>
/// <param name="User">The effective user id.</param>
/// <param name="Pid">The process id within <paramref name="PidNamespace"/>.</param>
/// <param name="StartToken">The kernel's start time of the process, verbatim: with it a process id is unique for a
/// boot.</param>
public sealed record ProcessIdentity(
    string Host, string BootId, string PidNamespace, string MountNamespace, string User, int Pid, string StartToken)
{
    /// <summary>True when both see the same processes by the same ids, so that the kernel can be asked.</summary>
    public bool SharesPidsWith(ProcessIdentity other) =>
        BootId.Length > 0 && PidNamespace.Length > 0 && BootId == other.BootId && PidNamespace == other.PidNamespace;

    /// <summary>True when a resource registered by one may be touched by the other: same boot, namespaces and
    /// user.</summary>
    public bool SharesPlaceWith(ProcessIdentity other) =>
        this == other || SharesPidsWith(other) && MountNamespace == other.MountNamespace && User == other.User;
}
