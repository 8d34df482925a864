using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Platform;

/// <summary>Every native call of the library. Linux on 64 bits only: <see cref="Disks"/> refuses other Unix systems
/// before anything here is reached, because their constants and structures differ and nobody has tried them.</summary>
internal static unsafe partial class Libc
{
    // ==== Files =====================================================================================================
    // Results are the system's, or the negated error number. A call that a signal interrupted is repeated.

    public const int ReadOnly = 0, WriteOnly = 1, ReadWrite = 2;
    public const int Create = 0x40, Exclusive = 0x80, Append = 0x400, NonBlocking = 0x800, CloseOnExec = 0x80000;

    private static readonly bool ArmFlags = RuntimeInformation.ProcessArchitecture
        is Architecture.Arm64 or Architecture.Ppc64le;

    /// <summary>O_DIRECTORY and O_NOFOLLOW: arm64 and ppc64le number them differently from everyone else.</summary>
    public static readonly int Directory = ArmFlags ? 0x4000 : 0x10000;

    public static readonly int NoFollow = ArmFlags ? 0x8000 : 0x20000;

    private const int CurrentDirectory = -100, SymlinkNoFollow = 0x100, EmptyPath = 0x1000;
    private const uint BasicStatistics = 0x7ff, NoReplace = 1;

    public static SafeFileHandle? Open(string path, int flags, int mode, out int errno)
    {
        int descriptor;
        do descriptor = SysOpen(path, flags | CloseOnExec, mode); while (Interrupted(descriptor));
        errno = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Closes and tells: network file systems report failed writes only here. Not repeated when interrupted,
    /// the descriptor is free by then. Only for a handle that no other thread uses.</summary>
    public static int Close(SafeFileHandle file)
    {
        var descriptor = (int)file.DangerousGetHandle();
        file.SetHandleAsInvalid();
        file.Dispose();
        var result = Outcome(SysClose(descriptor));
        return result == -Errno.Interrupted ? 0 : result;
    }

    public static nint Read(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        nint count;
        fixed (byte* start = bytes)
            do count = SysReadAt(file, start, (nuint)bytes.Length, offset); while (Interrupted(count));
        return Outcome(count);
    }

    /// <summary>One write at the descriptor's place: the end, if it was opened to append.</summary>
    public static nint Write(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        nint count;
        fixed (byte* start = bytes)
            do count = SysWrite(file, start, (nuint)bytes.Length); while (Interrupted(count));
        return Outcome(count);
    }

    public static nint Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        nint count;
        fixed (byte* start = bytes)
            do count = SysWriteAt(file, start, (nuint)bytes.Length, offset); while (Interrupted(count));
        return Outcome(count);
    }

    public static int Flush(SafeFileHandle file) => Repeat(&SysFlush, file);

    /// <summary>As <see cref="Flush"/>, without what is not needed to read the content back, such as times.</summary>
    public static int FlushData(SafeFileHandle file) => Repeat(&SysFlushData, file);

    public static int Stat(SafeFileHandle file, out FileStat stat)
    {
        int result;
        byte nothing = 0;
        fixed (FileStat* target = &stat)
            do result = SysStatHandle(file, &nothing, EmptyPath, BasicStatistics, target); while (Interrupted(result));
        return Outcome(result);
    }

    /// <summary>What the name itself is, a symbolic link included.</summary>
    public static int Stat(string path, out FileStat stat)
    {
        int result;
        fixed (FileStat* target = &stat)
            do result = SysStatPath(CurrentDirectory, path, SymlinkNoFollow, BasicStatistics, target);
            while (Interrupted(result));
        return Outcome(result);
    }

    public static int Link(string existing, string name) => Repeat(&SysLink, existing, name);
    public static int Unlink(string path) => Repeat(&SysUnlink, path);
    public static int Rename(string source, string target) => Repeat(&SysRename, source, target);
    public static int MakeDirectory(string path, int mode) => Repeat(&SysMakeDirectory, path, mode);
    public static int RemoveDirectory(string path) => Repeat(&SysRemoveDirectory, path);
    public static int ChangeMode(string path, int mode) => Repeat(&SysChangeMode, path, mode);
    public static int ChangeMode(SafeFileHandle file, int mode) => Repeat(&SysChangeModeHandle, file, mode);
    public static uint EffectiveUser() => SysEffectiveUser();

    /// <summary>Renames unless the target exists. -EINVAL or -ENOSYS where the file system or libc has no such call.
    /// </summary>
    public static int RenameNoReplace(string source, string target)
    {
        try
        {
            int result;
            do result = SysRenameFlags(CurrentDirectory, source, CurrentDirectory, target, NoReplace);
            while (Interrupted(result));
            return Outcome(result);
        }
        catch (EntryPointNotFoundException)
        {
            return -Errno.NotImplemented;
        }
    }

    /// <summary>The type number of the file system that holds a path.</summary>
    public static int FileSystemType(string path, out uint type)
    {
        // f_type is the first word of the structure on every 64-bit Linux; the rest (120 bytes) is of no interest.
        var buffer = stackalloc long[64];
        int result;
        do result = SysStatFileSystem(path, buffer); while (Interrupted(result));
        type = (uint)buffer[0];
        return Outcome(result);
    }

    private static int Repeat<T>(delegate*<T, int> call, T argument)
    {
        int result;
        do result = call(argument); while (Interrupted(result));
        return Outcome(result);
    }

    private static int Repeat<T, TOther>(delegate*<T, TOther, int> call, T argument, TOther other)
    {
        int result;
        do result = call(argument, other); while (Interrupted(result));
        return Outcome(result);
    }

    private static bool Interrupted(nint result) =>
        result < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted;

    private static nint Outcome(nint result) => result < 0 ? -Marshal.GetLastPInvokeError() : result;

    private static int Outcome(int result) => result < 0 ? -Marshal.GetLastPInvokeError() : result;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysOpen(string path, int flags, int mode);
    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int SysClose(int descriptor);
    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static partial nint SysReadAt(SafeFileHandle file, byte* bytes, nuint count, long offset);
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint SysWrite(SafeFileHandle file, byte* bytes, nuint count);
    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static partial nint SysWriteAt(SafeFileHandle file, byte* bytes, nuint count, long offset);
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SysFlush(SafeFileHandle file);
    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SysFlushData(SafeFileHandle file);
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int SysStatHandle(SafeFileHandle f, byte* path, int flags, uint mask, FileStat* target);
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysStatPath(int directory, string path, int flags, uint mask, FileStat* target);
    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysLink(string existing, string name);
    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysUnlink(string path);
    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysRename(string source, string target);
    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysRenameFlags(int fromBase, string source, int toBase, string target, uint flags);
    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysMakeDirectory(string path, int mode);
    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysRemoveDirectory(string path);
    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysChangeMode(string path, int mode);
    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int SysChangeModeHandle(SafeFileHandle file, int mode);
    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysStatFileSystem(string path, long* buffer);
    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint SysEffectiveUser();
    // ==== End of files ==============================================================================================
}
