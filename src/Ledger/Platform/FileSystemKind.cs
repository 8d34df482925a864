namespace Ledger.Platform;

/// <summary>What kind of file system holds a directory. <see cref="IsLocal"/> means: known to be local, so that the
/// kernel orders appends of all processes that can reach it.</summary>
internal readonly record struct FileSystemKind(bool IsLocal, string Name)
{
    /// <summary>Asks the system about a directory. Anything not known to be local counts as not local.</summary>
    /// <exception cref="Model.LedgerStorageException">The directory is absent or cannot be asked about.</exception>
    public static FileSystemKind Of(string directory)
    {
        if (!OperatingSystem.IsLinux()) return new FileSystemKind(false, "unknown");
        var errno = -Libc.FileSystemType(directory, out var type);
        if (errno != 0) throw Errno.Failure("Cannot tell the kind of file system", directory, errno);
        return OfType(type);
    }

    /// <summary>The kind by the number that <c>statfs(2)</c> reports (linux/magic.h, and the sources of those file
    /// systems that are not listed there).</summary>
    internal static FileSystemKind OfType(uint type) => type switch
    {
        0x0000EF53 => Local("ext4"),
        0x58465342 => Local("xfs"),
        0x9123683E => Local("btrfs"),
        0x01021994 => Local("tmpfs"),
        0x858458F6 => Local("ramfs"),
        0x794C7630 => Local("overlayfs"),
        0x2FC12FC1 => Local("zfs"),
        0xF2F52010 => Local("f2fs"),
        0xCA451A4E => Local("bcachefs"),
        0x3153464A => Local("jfs"),
        0x52654973 => Local("reiserfs"),
        0x00006969 => Remote("NFS"),
        0xFF534D42 or 0xFE534D42 or 0x0000517B => Remote("SMB"),
        0x65735546 => Remote("FUSE (sshfs and others)"),
        0x01021997 => Remote("9p"),
        0x00C36400 => Remote("Ceph"),
        0x786F4256 => Remote("VirtualBox shared folder"),
        0xBACBACBC => Remote("VMware shared folder"),
        0x5346414F or 0x6B414653 => Remote("AFS"),
        0x73757245 => Remote("Coda"),
        0x0BD00BD0 => Remote("Lustre"),
        0x01161970 => Remote("GFS2"),
        0x7461636F => Remote("OCFS2"),
        0x47504653 => Remote("GPFS"),
        _ => Remote($"unknown (0x{type:x})"),
    };

    private static FileSystemKind Local(string name) => new(true, name);

    private static FileSystemKind Remote(string name) => new(false, name);
}
