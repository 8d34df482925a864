using System.Security.AccessControl;

namespace Ledger.Testing;

/// <content>Times and attributes.</content>
internal sealed partial class SimulatedFile
{
    public FileAttributes GetAttributes(string path) => fileSystem.Calls.Look(fileSystem.Parse(path)).Attributes;

    public void SetAttributes(string path, FileAttributes fileAttributes) =>
        fileSystem.Metadata.SetAttributes(path, fileAttributes);

    public DateTime GetCreationTime(string path) => GetCreationTimeUtc(path).ToLocalTime();

    public DateTime GetCreationTimeUtc(string path) => fileSystem.Metadata.CreatedUtc(path);

    public DateTime GetLastAccessTime(string path) => GetLastAccessTimeUtc(path).ToLocalTime();

    public DateTime GetLastAccessTimeUtc(string path) => fileSystem.Metadata.AccessedUtc(path);

    public DateTime GetLastWriteTime(string path) => GetLastWriteTimeUtc(path).ToLocalTime();

    public DateTime GetLastWriteTimeUtc(string path) => fileSystem.Metadata.WrittenUtc(path);

    public void SetCreationTime(string path, DateTime creationTime) =>
        SetCreationTimeUtc(path, creationTime.ToUniversalTime());

    public void SetCreationTimeUtc(string path, DateTime creationTimeUtc) =>
        fileSystem.Metadata.SetCreatedUtc(path, creationTimeUtc);

    public void SetLastAccessTime(string path, DateTime lastAccessTime) =>
        SetLastAccessTimeUtc(path, lastAccessTime.ToUniversalTime());

    public void SetLastAccessTimeUtc(string path, DateTime lastAccessTimeUtc) =>
        fileSystem.Metadata.SetAccessedUtc(path, lastAccessTimeUtc);

    public void SetLastWriteTime(string path, DateTime lastWriteTime) =>
        SetLastWriteTimeUtc(path, lastWriteTime.ToUniversalTime());

    public void SetLastWriteTimeUtc(string path, DateTime lastWriteTimeUtc) =>
        fileSystem.Metadata.SetWrittenUtc(path, lastWriteTimeUtc);

    public void Encrypt(string path) => throw FileErrors.Unsupported("encryption");

    public void Decrypt(string path) => throw FileErrors.Unsupported("encryption");

    public FileSecurity GetAccessControl(string path) => throw FileErrors.Unsupported("access control lists");

    public FileSecurity GetAccessControl(string path, AccessControlSections includeSections) =>
        throw FileErrors.Unsupported("access control lists");

    public void SetAccessControl(string path, FileSecurity fileSecurity) =>
        throw FileErrors.Unsupported("access control lists");
}
