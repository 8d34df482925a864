using System.Globalization;
using Ledger.Platform;

namespace Ledger.Cli.Doctor;

/// <summary>What the directory is and what one process may do there.</summary>
internal static class PlaceChecks
{
    private const long LeastFreeBytes = 16 << 20;
    private const int ReadableByOthers = 0x2d; // 0055

    public static Check FileSystem(Examination x)
    {
        if (x.Kind.IsLocal) return new Check("fileSystem", true, $"{x.Kind.Name}, a local disk");
        return x.Log == "append"
            ? new Check("fileSystem", false, $"{x.Kind.Name}, but this ledger's append log works on its own machine's disk only. "
                + "Make a new ledger in an empty directory on this drive: there it gets a log that can be shared")
            : new Check("fileSystem", true, $"{x.Kind.Name}, not known to be local: treated as a network drive");
    }

    /// <summary>Called when the scratch directory could be made.</summary>
    public static Check Permissions(Examination x)
    {
        if (OperatingSystem.IsLinux()) Trust.Require(x.Root);
        var shown = Libc.Stat(x.Root, out var stat) == 0 && (stat.Permissions & ReadableByOthers) != 0;
        return new Check("permissions", true, "yours, writable by you alone" + (shown ? "; others may read it" : ""));
    }

    public static Check Space(Examination x)
    {
        var free = new DriveInfo(x.Root).AvailableFreeSpace;
        return new Check("space", free >= LeastFreeBytes, free >= LeastFreeBytes
            ? $"{Megabytes(free)} MB free"
            : $"{Megabytes(free)} MB free: make room, a ledger wants {Megabytes(LeastFreeBytes)}");
    }

    private static string Megabytes(long bytes) => (bytes >> 20).ToString("N0", CultureInfo.InvariantCulture);
}
