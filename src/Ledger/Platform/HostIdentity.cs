using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Ledger.Model;

namespace Ledger.Platform;

/// <summary>Tells who this process is.</summary>
internal static class HostIdentity
{
    /// <summary>This process. On systems other than Linux there is neither a boot id nor a namespace, so the kernel is
    /// never asked about others and they are judged by heartbeat alone.</summary>
    public static ProcessIdentity Current()
    {
        var linux = OperatingSystem.IsLinux();
        return new ProcessIdentity(
            Environment.MachineName,
            linux ? Procfs.Read("/proc/sys/kernel/random/boot_id")?.Trim() ?? "" : "",
            linux ? Procfs.ReadLink("/proc/self/ns/pid") : "",
            linux ? Procfs.ReadLink("/proc/self/ns/mnt") : "",
            User(),
            Environment.ProcessId,
            StartToken(Environment.ProcessId));
    }

    /// <summary>The start token of a process, or "" when it cannot be read.</summary>
    public static string StartToken(int pid)
    {
        if (OperatingSystem.IsLinux()) return ProcStat.Read(pid)?.StartToken ?? "";
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return "";
        }
    }

    private static string User() => OperatingSystem.IsWindows()
        ? Environment.UserName
        : Libc.OwnEffectiveUser().ToString(CultureInfo.InvariantCulture);
}
