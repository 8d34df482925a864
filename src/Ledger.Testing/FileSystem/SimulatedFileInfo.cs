using System.IO.Abstractions;
using System.Security.AccessControl;

namespace Ledger.Testing;

internal sealed class SimulatedFileInfo(SimulatedFileSystem fileSystem, string path)
    : SimulatedEntryInfo(fileSystem, path), IFileInfo
{
    public override string Name => Path.GetFileName(FullName);

    private IFile Files => Simulated.File;

    public override bool Exists => StatusOrNull is { IsDirectory: false };

    public long Length => Status is { IsDirectory: false } status ? status.Length : throw FileErrors.NoFile(FullName);

    public IDirectoryInfo Directory => DirectoryName is { } name ? new SimulatedDirectoryInfo(Simulated, name) : null!;

    public string DirectoryName => Path.GetDirectoryName(FullName)!;

    public bool IsReadOnly
    {
        get => Attributes.HasFlag(FileAttributes.ReadOnly);
        set => Attributes = value ? Attributes | FileAttributes.ReadOnly : Attributes & ~FileAttributes.ReadOnly;
    }

    public override void Delete()
    {
        Files.Delete(FullName);
        Refresh();
    }

    public IFileInfo CopyTo(string destFileName) => CopyTo(destFileName, overwrite: false);

    public IFileInfo CopyTo(string destFileName, bool overwrite)
    {
        Files.Copy(FullName, destFileName, overwrite);
        return new SimulatedFileInfo(Simulated, destFileName);
    }

    public void MoveTo(string destFileName) => MoveTo(destFileName, overwrite: false);

    public void MoveTo(string destFileName, bool overwrite)
    {
        Files.Move(FullName, destFileName, overwrite);
        Retarget(destFileName);
    }

    public IFileInfo Replace(string destinationFileName, string destinationBackupFileName) =>
        Replace(destinationFileName, destinationBackupFileName, ignoreMetadataErrors: false);

    public IFileInfo Replace(string destinationFileName, string destinationBackupFileName, bool ignoreMetadataErrors)
    {
        Files.Replace(FullName, destinationFileName, destinationBackupFileName, ignoreMetadataErrors);
        return new SimulatedFileInfo(Simulated, destinationFileName);
    }

    public Stream Create() => Refreshed(Files.Create(FullName));

    public StreamWriter CreateText() => Refreshed(Files.CreateText(FullName));

    public StreamWriter AppendText() => Refreshed(Files.AppendText(FullName));

    public Stream Open(FileMode mode) => Refreshed(Files.Open(FullName, mode));

    public Stream Open(FileMode mode, FileAccess access) => Refreshed(Files.Open(FullName, mode, access));

    public Stream Open(FileMode mode, FileAccess access, FileShare share) =>
        Refreshed(Files.Open(FullName, mode, access, share));

    public Stream OpenRead() => Files.OpenRead(FullName);

    public StreamReader OpenText() => Files.OpenText(FullName);

    public Stream OpenWrite() => Refreshed(Files.OpenWrite(FullName));

    public void Encrypt() => Files.Encrypt(FullName);

    public void Decrypt() => Files.Decrypt(FullName);

    public FileSecurity GetAccessControl() => throw FileErrors.Unsupported("access control lists");

    public FileSecurity GetAccessControl(AccessControlSections includeSections) =>
        throw FileErrors.Unsupported("access control lists");

    public void SetAccessControl(FileSecurity fileSecurity) => throw FileErrors.Unsupported("access control lists");

    private T Refreshed<T>(T opened)
    {
        Refresh();
        return opened;
    }
}
