using System.IO.Abstractions;

namespace Ledger.Platform;

/// <summary>Chooses the disk for a file system.</summary>
internal static class Disks
{
    /// <summary>The machine's own file system. <paramref name="isLocal"/> says that it is known to be local
    /// (<see cref="FileSystemKind"/>): elsewhere a kept descriptor shows stale content.</summary>
    /// <exception cref="PlatformNotSupportedException">macOS and other Unix systems: .NET has no exclusive rename there,
    /// and the native calls are known to be right on 64-bit Linux only.</exception>
    public static IDisk ForRealFileSystem(bool isLocal)
    {
        if (OperatingSystem.IsLinux() && Environment.Is64BitProcess) return new UnixDisk(isLocal);
        // A move without replacing is one exclusive step on Windows, between processes too.
        if (OperatingSystem.IsWindows()) return new InjectedDisk(new FileSystem());
        throw new PlatformNotSupportedException(
            "The ledger runs on 64-bit Linux and on Windows; this system is neither.");
    }

    /// <summary>The disk over an injected file system; the machine's own one is spoken to directly.</summary>
    public static IDisk For(IFileSystem fileSystem, bool isLocal) => fileSystem.GetType() == typeof(FileSystem)
        ? ForRealFileSystem(isLocal)
        : new InjectedDisk(fileSystem);
}
