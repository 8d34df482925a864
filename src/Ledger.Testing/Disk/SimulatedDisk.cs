using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Testing;

/// <summary>The ledger's disk on a simulated file system, in the steps that it takes on a real one: each is a
/// <see cref="FileCall"/>, so that a process can die between any two of them. Unlike the way through
/// <c>IFileSystem</c> it knows which file is which, and an absent one costs no exception.</summary>
internal sealed class SimulatedDisk(SimulatedFileSystem files, Func<int, string> newHex) : IDisk
{
    private readonly SystemCalls calls = files.Calls;

    public byte[]? ReadAll(string path, int limit) => Try(path, "Cannot read", () =>
    {
        var content = calls.TryReadAll(Parse(path));
        return content is null || content.Length <= limit ? content
            : throw new LedgerStorageException(path, $"Cannot read: the file is larger than {limit} bytes");
    });

    public bool TryPublish(string path, ReadOnlySpan<byte> content, bool flush)
    {
        var bytes = content.ToArray();
        var temporary = Write(path, bytes, flush, "Cannot publish");
        try
        {
            calls.MoveFile(Parse(temporary), Parse(path), overwrite: false);
            return true;
        }
        catch (Exception e) when (IsFailure(e))
        {
            // The name is taken, or the reply was lost.
            if (Look(path) is null)
            {
                Discard(temporary);
                throw Failure(path, "Cannot publish", e);
            }
        }
        Discard(temporary);
        return ReadAll(path, LimitOf(bytes)) is { } there && there.AsSpan().SequenceEqual(bytes);
    }

    public void Replace(string path, ReadOnlySpan<byte> content, bool flush = false)
    {
        const string Action = "Cannot replace the file";
        var temporary = Write(path, content.ToArray(), flush, Action);
        try
        {
            calls.MoveFile(Parse(temporary), Parse(path), overwrite: true);
        }
        catch (Exception e) when (IsFailure(e))
        {
            Discard(temporary);
            throw Failure(path, Action, e);
        }
    }

    public bool FlushDirectory(string path) => Try(path, "Cannot flush the directory", () => calls.TryFlushDirectory(Parse(path)));

    public IReadOnlyList<string>? List(string directory) => Names(directory, static name => name[0] != '.');

    public IReadOnlyList<string>? ListTemporary(string directory) => Names(directory, DiskNames.IsTemporary);

    public bool TryMove(string source, string target)
    {
        if (Look(source) is not { } entry || Look(target) is not null) return false;
        try
        {
            if (entry.IsDirectory) calls.MoveDirectory(Parse(source), Parse(target));
            else calls.MoveFile(Parse(source), Parse(target), overwrite: false);
            return true;
        }
        catch (Exception e) when (IsFailure(e))
        {
            if (Look(source) is null || Look(target) is not null) return false;
            throw Failure(source, $"Cannot rename to {target}", e);
        }
    }

    public void Delete(string path) => Try(path, "Cannot delete", () =>
    {
        calls.TryDeleteFile(Parse(path));
        return true;
    });

    public void DeleteEmptyDirectory(string path)
    {
        try
        {
            if (calls.TryLook(Parse(path)) is null) return;
            calls.DeleteDirectory(Parse(path));
        }
        catch (Exception e) when (IsFailure(e))
        {
            if (Names(path, static _ => true) is null or { Count: > 0 }) return;
            throw Failure(path, "Cannot delete the directory", e);
        }
    }

    public void CreateDirectory(string path) => Try(path, "Cannot create the directory", () =>
    {
        calls.MakeDirectory(Parse(path));
        return true;
    });

    public DiskEntry? Look(string path) => Try<DiskEntry?>(path, "Cannot look at", () =>
        calls.TryLook(Parse(path)) is { } s
            ? new DiskEntry(s.IsDirectory, !s.IsDirectory, s.Length, new DateTimeOffset(s.WrittenUtc)) : null);

    public string? Identity(string path) => Try(path, "Cannot look at", () => calls.TryIdentify(Parse(path)));

    public void DeleteTree(string path)
    {
        if (Look(path) is not { } entry) return;
        var doomed = DiskNames.Temporary(path, newHex);
        if (!TryMove(path, doomed)) return;
        Try(path, "Cannot delete", () =>
        {
            Remove(doomed, entry.IsDirectory);
            return true;
        });
    }

    public IRecordFile OpenRecord(string path, int size) => new SimulatedRecord(this, path, size);

    public IRecordFile? TryKeep(string path, int size) => null;

    /// <summary>Overwrites a file in place if it is still the same one.</summary>
    public bool TryRewrite(string path, string? identity, byte[] content) => Try(path, "Cannot write the record", () =>
    {
        if (calls.TryIdentify(Parse(path)) != identity) return false;
        var file = TryOpen(path);
        if (file is null) return false;
        try
        {
            file.Write(0, content);
        }
        finally
        {
            file.Close();
        }
        return true;
    });

    private OpenFile? TryOpen(string path)
    {
        try
        {
            return calls.Open(Parse(path), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // deleted a moment ago
        }
    }

    private static int LimitOf(byte[] content) => Math.Max(content.Length, 1024 * 1024);

    private static bool IsFailure(Exception e) => e is IOException or UnauthorizedAccessException;

    private static LedgerStorageException Failure(string path, string action, Exception e) =>
        new(path, $"{action}: {DiskNames.OneLine(e)}", e)
        {
            Errno = e switch
            {
                UnauthorizedAccessException => Errno.AccessDenied,
                FileNotFoundException or DirectoryNotFoundException => Errno.NoEntry,
                _ => e.HResult & 0xffff,
            },
        };

    private static T? Try<T>(string path, string action, Func<T?> step)
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

    private TreePath Parse(string path) => calls.Tree.Parsed(path);

    private string Write(string path, byte[] content, bool flush, string action)
    {
        var temporary = DiskNames.Temporary(path, newHex);
        try
        {
            var file = calls.Open(Parse(temporary), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
            try
            {
                file.Write(0, content);
                if (flush) file.Flush();
            }
            finally
            {
                file.Close();
            }
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
            calls.TryDeleteFile(Parse(temporary));
            return true;
        }
        catch (Exception e) when (IsFailure(e))
        {
            return false; // the failure that led here is the one to tell; a leftover is swept
        }
    }

    private void Remove(string path, bool isDirectory)
    {
        if (!isDirectory)
        {
            calls.TryDeleteFile(Parse(path));
            return;
        }
        foreach (var entry in calls.List(Parse(path))) Remove($"{path}/{entry.Name}", entry.IsDirectory);
        calls.DeleteDirectory(Parse(path));
    }

    private List<string>? Names(string directory, Func<string, bool> wanted) => Try(directory, "Cannot list the directory", () =>
        calls.TryList(Parse(directory))?.Select(static e => e.Name).Where(wanted).ToList());
}

/// <summary>A record that is written in place, as long as it is the file that was opened.</summary>
internal sealed class SimulatedRecord(SimulatedDisk disk, string path, int size) : IRecordFile
{
    private readonly string identity = disk.Identity(path)
        ?? throw new LedgerStorageException(path, "Cannot open the record: it does not exist");

    public bool TryWrite(ReadOnlySpan<byte> content) => content.Length == size
        ? disk.TryRewrite(path, identity, content.ToArray())
        : throw new ArgumentException($"A record of {size} bytes cannot become one of {content.Length}.", nameof(content));

    public void Dispose() { }
}
