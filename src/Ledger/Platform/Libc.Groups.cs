using System.Runtime.InteropServices;

namespace Ledger.Platform;

internal static partial class Libc
{
    /// <summary>Moves this process to a group of its session that has members, or with 0 to a new one of its own. 0, or the
    /// error number.</summary>
    internal static int SetOwnProcessGroup(int group) =>
        NativeSetpgid(0, group) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>False when the process is gone, or surely in another group. Where the system does not say, it may be.</summary>
    internal static bool MayBeInGroup(int pid, int group)
    {
        var present = NativeGetpgid(pid);
        return present == group || (present < 0 && Marshal.GetLastPInvokeError() != NoSuchProcess);
    }

    [LibraryImport("libc", EntryPoint = "getpgid", SetLastError = true)]
    private static partial int NativeGetpgid(int pid);

    [LibraryImport("libc", EntryPoint = "setpgid", SetLastError = true)]
    private static partial int NativeSetpgid(int pid, int group);
}
