namespace Ledger.Model;

/// <summary>Which process this is, for ever: process ids are used again, the whole of these is not. Two processes may be
/// compared by pid only where boot and pid namespace are the same.</summary>
/// <param name="Host">The machine's name. For people: equal names prove nothing.</param>
/// <param name="BootId">Differs between any two boots of any two machines; empty where the system has none.</param>
/// <param name="PidNamespace">The namespace <paramref name="Pid"/> is counted in; empty where there is none.</param>
/// <param name="MountNamespace">The namespace paths are looked up in; empty where there is none.</param>
/// <param name="User">Numeric effective user id on Unix, else the user's name.</param>
/// <param name="Pid">The process id.</param>
/// <param name="StartToken">When the process began, in the system's own words; compared for equality only. Empty when it
/// could not be read.</param>
public sealed record ProcessIdentity(
    string Host, string BootId, string PidNamespace, string MountNamespace, string User, int Pid, string StartToken)
{
    /// <summary>True when the two pids are counted alike: the same boot and the same pid namespace, both known.</summary>
    public bool SharesPidsWith(ProcessIdentity other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return BootId.Length > 0 && PidNamespace.Length > 0
            && string.Equals(BootId, other.BootId, StringComparison.Ordinal)
            && string.Equals(PidNamespace, other.PidNamespace, StringComparison.Ordinal);
    }
}
