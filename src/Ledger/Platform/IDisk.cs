namespace Ledger.Platform;

/// <summary>What the ledger asks of the file system that holds it. One implementation speaks to the system directly,
/// one to an injected <c>IFileSystem</c>.
/// <para>Every method blocks. Failures are <see cref="Model.LedgerStorageException"/> naming path and cause; "absent" is
/// answered only when the system itself said so (ENOENT, ENOTDIR), never guessed from a failed look. No method
/// follows a symbolic link at the last component, or opens anything that is not a regular file (FIFOs do not
/// block).</para></summary>
internal interface IDisk
{
    /// <summary>The whole content, or null when the file is confirmed absent. More than <paramref name="limit"/> bytes
    /// is a <see cref="Model.LedgerStorageException"/>. A new open at every call, so that network file systems show
    /// what others wrote.</summary>
    byte[]? ReadAll(string path, int limit);

    /// <summary>Publishes complete content under a name that must not exist. Atomic: the name appears with all of the
    /// content or not at all, and of many racers one wins. False when the name exists (EEXIST, or EPERM and the name is
    /// there; a lost reply is recognised by content). With <paramref name="flush"/> the content is on disk first.</summary>
    bool TryPublish(string path, ReadOnlySpan<byte> content, bool flush);

    /// <summary>Replaces or creates a file, atomically: a reader sees the old content or the new one. Mode 0600. With
    /// <paramref name="flush"/> the content is on disk first.</summary>
    void Replace(string path, ReadOnlySpan<byte> content, bool flush = false);

    /// <summary>Brings the names in a directory to the disk itself, and what became of them. False when it is confirmed
    /// absent. Does nothing where the system offers no such call.</summary>
    bool FlushDirectory(string path);

    /// <summary>Names in a directory without those that begin with a dot, or null when it is confirmed absent.</summary>
    IReadOnlyList<string>? List(string directory);

    /// <summary>Names of files in a directory that were being written when their writer died, or are being written now
    /// (see <see cref="DiskNames"/>), or null when the directory is confirmed absent.</summary>
    IReadOnlyList<string>? ListTemporary(string directory);

    /// <summary>Renames a file or directory. False when the source is confirmed absent or the target exists.</summary>
    bool TryMove(string source, string target);

    /// <summary>Deletes a file. Absent is no error.</summary>
    void Delete(string path);

    /// <summary>Deletes an empty directory. Absent or not empty is no error.</summary>
    void DeleteEmptyDirectory(string path);

    /// <summary>Creates one directory, mode 0700; its parent must exist. Existing is no error, and neither is that somebody
    /// deletes it again at once.</summary>
    void CreateDirectory(string path);

    /// <summary>What is at the path now, or null when confirmed absent. Does not follow a link.</summary>
    DiskEntry? Look(string path);

    /// <summary>Which file or directory lies at the path, whatever its name will be: device and inode. Null when confirmed
    /// absent; empty where the file system cannot tell.</summary>
    string? Identity(string path);

    /// <summary>Deletes a file, a link, or a directory with all that is in it, without following links or crossing mount
    /// points. It gets a unique name first, so that whoever makes the path anew meanwhile loses nothing. Absent is no
    /// error.</summary>
    void DeleteTree(string path);

    /// <summary>Opens a record that one writer rewrites in place.</summary>
    IRecordFile OpenRecord(string path, int size);

    /// <summary>Opens a file of just this size to rewrite it in place. Null when it has another size or is confirmed absent, and
    /// on file systems where an open file need not be what the name means.</summary>
    IRecordFile? TryKeep(string path, int size);
}

/// <summary>What <see cref="IDisk.Look"/> saw. Times are the file system's own clock.</summary>
internal readonly record struct DiskEntry(bool IsDirectory, bool IsRegularFile, long Length, DateTimeOffset Modified);

/// <summary>A file of fixed size with one writer, written in place by one write at offset 0.</summary>
internal interface IRecordFile : IDisposable
{
    /// <summary>Writes the record if it is still the one that was opened. False when it was unlinked or replaced in
    /// between: nothing was written then. Throws <see cref="Model.LedgerStorageException"/> on a failed write.</summary>
    bool TryWrite(ReadOnlySpan<byte> content);
}
