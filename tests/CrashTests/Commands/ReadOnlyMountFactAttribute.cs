namespace Ledger.CrashTests.Commands;

/// <summary>A test that mounts a directory read-only, in a mount namespace of its own.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReadOnlyMountFactAttribute : FactAttribute
{
    public ReadOnlyMountFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") Skip = "Mounting needs root on Linux.";
        else if (!File.Exists("/usr/bin/unshare")) Skip = "Needs 'unshare' (Debian package util-linux).";
    }
}
