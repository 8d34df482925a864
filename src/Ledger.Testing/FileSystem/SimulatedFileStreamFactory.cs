using System.IO.Abstractions;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Testing;

internal sealed class SimulatedFileStreamFactory(SimulatedFileSystem fileSystem) : IFileStreamFactory
{
    private const int DefaultBufferSize = 4096;

    public Stream Create(string path, FileMode mode) =>
        Create(path, mode, mode == FileMode.Append ? FileAccess.Write : FileAccess.ReadWrite);

    public Stream Create(string path, FileMode mode, FileAccess access) => Create(path, mode, access, FileShare.Read);

    public Stream Create(string path, FileMode mode, FileAccess access, FileShare share) =>
        Create(path, mode, access, share, DefaultBufferSize);

    public Stream Create(string path, FileMode mode, FileAccess access, FileShare share, int bufferSize) =>
        Create(path, mode, access, share, bufferSize, FileOptions.None);

    public Stream Create(
        string path, FileMode mode, FileAccess access, FileShare share, int bufferSize, bool useAsync) =>
        Create(path, mode, access, share, bufferSize, FileOptions.None);

    public Stream Create(
        string path, FileMode mode, FileAccess access, FileShare share, int bufferSize, FileOptions options)
    {
        ThrowIfContradictory(mode, access);
        ArgumentOutOfRangeException.ThrowIfNegative(bufferSize);
        if (options.HasFlag(FileOptions.Encrypted))
            throw FileErrors.Unsupported("encryption");
        var file = fileSystem.Calls.Open(fileSystem.Parse(path), mode, access, share);
        return new SimulatedFileStream(file, mode, access, bufferSize, options.HasFlag(FileOptions.DeleteOnClose));
    }

    public Stream Create(SafeFileHandle handle, FileAccess access) => throw NoHandles();

    public Stream Create(SafeFileHandle handle, FileAccess access, int bufferSize) => throw NoHandles();

    public Stream Create(SafeFileHandle handle, FileAccess access, int bufferSize, bool isAsync) => throw NoHandles();

    public Stream Create(IntPtr handle, FileAccess access) => throw NoHandles();

    public Stream Create(IntPtr handle, FileAccess access, bool ownsHandle) => throw NoHandles();

    public Stream Create(IntPtr handle, FileAccess access, bool ownsHandle, int bufferSize) => throw NoHandles();

    public Stream Create(IntPtr handle, FileAccess access, bool ownsHandle, int bufferSize, bool isAsync) =>
        throw NoHandles();

    private static NotSupportedException NoHandles() => FileErrors.Unsupported("operating system handles");

    private static void ThrowIfContradictory(FileMode mode, FileAccess access)
    {
        if (!Enum.IsDefined(mode))
            throw new ArgumentOutOfRangeException(nameof(mode), "Enum value was out of legal range.");
        if (access is < FileAccess.Read or > FileAccess.ReadWrite)
            throw new ArgumentOutOfRangeException(nameof(access), "Enum value was out of legal range.");
        if (!access.HasFlag(FileAccess.Write) && mode is not (FileMode.Open or FileMode.OpenOrCreate))
        {
            throw new ArgumentException(
                $"Combining FileMode: {mode} with FileAccess: {access} is invalid.", nameof(access));
        }

        if (mode == FileMode.Append && access.HasFlag(FileAccess.Read))
            throw new ArgumentException("Append access can be requested only in write-only mode.", nameof(access));
    }
}
