using System.Runtime.InteropServices;

namespace Ledger.Platform;

internal static partial class Libc
{
    /// <summary>Moves this process to a group of its session that has members, or with 0 to a new one of its own. 0, or the
    /// error number.</summary>
    internal static int SetOwnProcessGroup(int group) =>
        NativeSetpgid(0, group) == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "setpgid", SetLastError = true)]
    private static partial int NativeSetpgid(int pid, int group);
}
