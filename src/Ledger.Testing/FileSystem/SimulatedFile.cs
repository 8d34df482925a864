using System.IO.Abstractions;

namespace Ledger.Testing;

/// <summary>Opening, moving and deleting files.</summary>
internal sealed partial class SimulatedFile(SimulatedFileSystem fileSystem) : IFile
{
    private const int BufferSize = 4096;

    public IFileSystem FileSystem => fileSystem;

    public bool Exists(string path) => fileSystem.Metadata.LookOrNull(path) is { IsDirectory: false };

    public Stream Create(string path) => Create(path, BufferSize);

    public Stream Create(string path, int bufferSize) => Create(path, bufferSize, FileOptions.None);

    public Stream Create(string path, int bufferSize, FileOptions options) =>
        fileSystem.Streams.Create(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize, options);

    public Stream Open(string path, FileMode mode) =>
        Open(path, mode, mode == FileMode.Append ? FileAccess.Write : FileAccess.ReadWrite);

    public Stream Open(string path, FileMode mode, FileAccess access) => Open(path, mode, access, FileShare.None);

    public Stream Open(string path, FileMode mode, FileAccess access, FileShare share) =>
        fileSystem.Streams.Create(path, mode, access, share);

    public Stream OpenRead(string path) => Open(path, FileMode.Open, FileAccess.Read, FileShare.Read);

    public Stream OpenWrite(string path) => Open(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);

    public StreamReader OpenText(string path) => new(OpenRead(path));

    public StreamWriter CreateText(string path) => new(Open(path, FileMode.Create, FileAccess.Write, FileShare.Read));

    public StreamWriter AppendText(string path) => new(Open(path, FileMode.Append, FileAccess.Write, FileShare.Read));

    public void Delete(string path) => fileSystem.Calls.DeleteFile(fileSystem.Parse(path));

    public void Move(string sourceFileName, string destFileName) =>
        Move(sourceFileName, destFileName, overwrite: false);

    public void Move(string sourceFileName, string destFileName, bool overwrite)
    {
        var source = fileSystem.Parse(sourceFileName, nameof(sourceFileName));
        fileSystem.Calls.MoveFile(source, fileSystem.Parse(destFileName, nameof(destFileName)), overwrite);
    }

    public void Copy(string sourceFileName, string destFileName) =>
        Copy(sourceFileName, destFileName, overwrite: false);

    /// <summary>Not one step: others see the copy grow, and a crash leaves a part of it.</summary>
    public void Copy(string sourceFileName, string destFileName, bool overwrite)
    {
        var source = fileSystem.Parse(sourceFileName, nameof(sourceFileName));
        var target = fileSystem.Parse(destFileName, nameof(destFileName));
        using var reader = OpenRead(source.Text);
        if (!overwrite && fileSystem.Calls.TryLook(target) is { IsDirectory: true })
            throw new IOException($"The target file '{target.Text}' is a directory, not a file.");
        var mode = overwrite ? FileMode.Create : FileMode.CreateNew;
        using (var writer = Open(target.Text, mode, FileAccess.Write, FileShare.None))
            reader.CopyTo(writer);
        var status = fileSystem.Calls.Look(source);
        fileSystem.Calls.Update(target, node =>
        {
            node.IsReadOnly = status.IsReadOnly;
            node.WrittenUtc = status.WrittenUtc;
            node.AccessedUtc = status.AccessedUtc;
        });
    }

    public void Replace(string sourceFileName, string destinationFileName, string destinationBackupFileName) =>
        Replace(sourceFileName, destinationFileName, destinationBackupFileName, ignoreMetadataErrors: false);

    /// <summary>One rename; with a backup two, between which the destination is missing.</summary>
    public void Replace(
        string sourceFileName, string destinationFileName, string destinationBackupFileName, bool ignoreMetadataErrors)
    {
        var source = fileSystem.Parse(sourceFileName, nameof(sourceFileName));
        var target = fileSystem.Parse(destinationFileName, nameof(destinationFileName));
        ThrowIfNotAFile(source);
        ThrowIfNotAFile(target);
        if (destinationBackupFileName is not null)
        {
            var backup = fileSystem.Parse(destinationBackupFileName, nameof(destinationBackupFileName));
            fileSystem.Calls.MoveFile(target, backup, overwrite: true);
        }

        fileSystem.Calls.MoveFile(source, target, overwrite: true);
    }

    private void ThrowIfNotAFile(TreePath path)
    {
        var status = fileSystem.Calls.TryLook(path) ?? throw FileErrors.NoFile(path.Text);
        if (status.IsDirectory)
            throw FileErrors.NotAFile(path.Text);
    }
}
