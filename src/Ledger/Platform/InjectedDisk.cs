using System.IO.Abstractions;
using System.Runtime.CompilerServices;
using Ledger.Model;

namespace Ledger.Platform;

/// <summary>A file system that was handed in: a simulated one, a user's mock, or Windows. Exclusive steps are moves that
/// do not replace, under a guard shared by all disks over the same instance, because mocks (and .NET on Unix) look
/// first and move then. Modes are left to the file system, and a FIFO cannot be told from a file through it.</summary>
internal sealed class InjectedDisk(IFileSystem files) : IDisk
{
    private const FileShare ShareAll = FileShare.ReadWrite | FileShare.Delete;
    private static readonly ConditionalWeakTable<IFileSystem, Lock> Guards = [];

    private readonly Lock _guard = Guards.GetValue(files, static _ => new Lock());

    public byte[]? ReadAll(string path, int limit)
    {
        const string Action = "Cannot read";
        return Try(path, Action, () =>
        {
            if (!IsRegularOrAbsent(path, Action)) return null;
            using var stream = files.File.Open(path, FileMode.Open, FileAccess.Read, ShareAll);
            using var content = new MemoryStream();
            var buffer = new byte[4096];
            int count;
            while ((count = stream.Read(buffer)) > 0)
            {
                content.Write(buffer, 0, count);
                if (content.Length > limit)
                    throw new LedgerStorageException(path, $"{Action}: the file is larger than {limit} bytes");
            }
            return content.ToArray();
        }, absent: null);
    }

    public bool TryPublish(string path, ReadOnlySpan<byte> content, bool flush)
    {
        const string Action = "Cannot publish";
        var temporary = WriteTemporary(path, content, flush, Action);
        try
        {
            lock (_guard)
            {
                if (!EntryExists(path))
                {
                    files.File.Move(temporary, path, overwrite: false);
                    return true;
                }
            }
        }
        catch (Exception e) when (IsFailure(e))
        {
            // The name may have been taken by a process beyond the guard, or the reply was lost.
            if (!EntryExists(path))
            {
                Discard(temporary);
                throw Failure(path, Action, e);
            }
        }
        Discard(temporary);
        return HasContent(path, content);
    }

    public void Replace(string path, ReadOnlySpan<byte> content, bool flush = false)
    {
        const string Action = "Cannot replace the file";
        var temporary = WriteTemporary(path, content, flush, Action);
        try
        {
            lock (_guard) files.File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (IsFailure(e))
        {
            Discard(temporary);
            throw Failure(path, Action, e);
        }
    }

    public bool FlushDirectory(string path) => Look(path) is not null;

    public IReadOnlyList<string>? List(string directory) => Names(directory, static name => name[0] != '.');

    public IReadOnlyList<string>? ListTemporary(string directory) => Names(directory, DiskNames.IsTemporary);

    public bool TryMove(string source, string target)
    {
        lock (_guard)
        {
            if (Look(source) is not { } entry || EntryExists(target)) return false;
            try
            {
                if (entry.IsDirectory) files.Directory.Move(source, target);
                else files.File.Move(source, target, overwrite: false);
                return true;
            }
            catch (Exception e) when (IsFailure(e))
            {
                if (Look(source) is null || EntryExists(target)) return false;
                throw Failure(source, $"Cannot rename to {target}", e);
            }
        }
    }

    public void Delete(string path) => Try(path, "Cannot delete", () =>
    {
        files.File.Delete(path);
        return true;
    }, absent: true);

    public void DeleteEmptyDirectory(string path)
    {
        try
        {
            lock (_guard) files.Directory.Delete(path, recursive: false);
        }
        catch (DirectoryNotFoundException)
        {
            // Also when somebody has made it anew since.
        }
        catch (Exception e) when (IsFailure(e))
        {
            // Only what stands there tells "not empty" from other refusals.
            if (Names(path, static _ => true) is null or { Count: > 0 }) return;
            throw Failure(path, "Cannot delete the directory", e);
        }
    }

    public void CreateDirectory(string path)
    {
        const string Action = "Cannot create the directory";
        Try(path, Action, () =>
        {
            lock (_guard)
            {
                // The file system would create missing parents; a lost mount must not grow a new tree.
                if (Path.GetDirectoryName(path) is { Length: > 0 } parent && !EntryExists(parent))
                    throw new LedgerStorageException(path, $"{Action}: its parent directory does not exist");
                if (Look(path) is { IsDirectory: false })
                    throw new LedgerStorageException(path, $"{Action}: a file is in its place");
                files.Directory.CreateDirectory(path);
            }
            return true;
        });
    }

    public DiskEntry? Look(string path) => Try<DiskEntry?>(path, "Cannot look at", () =>
    {
        var attributes = files.File.GetAttributes(path);
        var directory = attributes.HasFlag(FileAttributes.Directory);
        var link = attributes.HasFlag(FileAttributes.ReparsePoint);
        var length = directory || link ? 0 : files.FileInfo.FromFileName(path).Length;
        return new DiskEntry(directory && !link, !directory && !link, length,
            new DateTimeOffset(DateTime.SpecifyKind(files.File.GetLastWriteTimeUtc(path), DateTimeKind.Utc)));
    }, absent: null);

    public string? Identity(string path) => Look(path) is null ? null : "";

    public void DeleteTree(string path)
    {
        if (Look(path) is not { } entry) return;
        var doomed = DiskNames.Temporary(path);
        if (!TryMove(path, doomed)) return;
        Try(path, "Cannot delete", () =>
        {
            if (entry.IsDirectory) files.Directory.Delete(doomed, recursive: true);
            else files.File.Delete(doomed);
            return true;
        });
    }

    public IRecordFile OpenRecord(string path, int size) => new InjectedRecord(files, path, size);

    public IRecordFile? TryKeep(string path, int size) => null;

    internal static bool IsFailure(Exception e) => e is IOException or UnauthorizedAccessException;

    internal static LedgerStorageException Failure(string path, string action, Exception e) =>
        new(path, $"{action}: {DiskNames.OneLine(e)}", e);

    private static T Try<T>(string path, string action, Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw Failure(path, action, e);
        }
    }

    private static T Try<T>(string path, string action, Func<T> step, T absent)
    {
        try
        {
            return step();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return absent;
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw Failure(path, action, e);
        }
    }

    private bool EntryExists(string path) => Look(path) is not null;

    private bool IsRegularOrAbsent(string path, string action)
    {
        if (Look(path) is not { } entry) return false;
        if (entry.IsRegularFile) return true;
        throw new LedgerStorageException(path, $"{action}: it is not a regular file");
    }

    private string WriteTemporary(string path, ReadOnlySpan<byte> content, bool flush, string action)
    {
        var temporary = DiskNames.Temporary(path);
        try
        {
            using var stream = files.File.Open(temporary, FileMode.CreateNew, FileAccess.Write, ShareAll);
            stream.Write(content);
            if (flush && stream is FileStream real) real.Flush(flushToDisk: true);
            else stream.Flush();
            return temporary;
        }
        catch (Exception e) when (IsFailure(e))
        {
            Discard(temporary);
            throw Failure(path, action, e);
        }
    }

    private bool Discard(string temporary)
    {
        try
        {
            files.File.Delete(temporary);
            return true;
        }
        catch (Exception e) when (IsFailure(e))
        {
            // The failure that led here is the one to tell; a leftover has a dot name, and is swept.
            return false;
        }
    }

    private bool HasContent(string path, ReadOnlySpan<byte> content)
    {
        if (Look(path) is not { IsRegularFile: true } entry || entry.Length != content.Length) return false;
        return ReadAll(path, content.Length) is { } existing && content.SequenceEqual(existing);
    }

    private List<string>? Names(string directory, Func<string, bool> wanted)
    {
        const string Action = "Cannot list the directory";
        return Try(directory, Action, () =>
        {
            if (Look(directory) is { IsDirectory: false })
                throw new LedgerStorageException(directory, $"{Action}: it is not a directory");
            return files.Directory.EnumerateFileSystemEntries(directory)
                .Select(static entry => Path.GetFileName(entry.TrimEnd(Path.DirectorySeparatorChar)))
                .Where(wanted).ToList();
        }, absent: null);
    }
}
