using Ledger.Model;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Platform;

/// <summary>A record on a local disk: the descriptor is kept, a write costs three calls and no allocation.</summary>
internal sealed class KeptRecord : IRecordFile
{
    private readonly string _path;
    private readonly int _size;
    private readonly FileStat _identity;
    private SafeFileHandle? _file;

    public KeptRecord(string path, int size)
        : this(path, size, RecordWriting.Open(path, Libc.WriteOnly, out var identity), identity)
    {
        if (_file is null) throw Errno.Failure(RecordWriting.Action, path, Errno.NoEntry);
    }

    private KeptRecord(string path, int size, SafeFileHandle? file, FileStat identity) =>
        (_path, _size, _file, _identity) = (path, size, file, identity);

    /// <summary>Null unless there is a file of just this size.</summary>
    public static KeptRecord? TryOpen(string path, int size)
    {
        var file = RecordWriting.Open(path, Libc.WriteOnly, out var found);
        if (file is null) return null;
        if (found.Size == size) return new KeptRecord(path, size, file, found);
        file.Dispose();
        return null;
    }

    public bool TryWrite(ReadOnlySpan<byte> content)
    {
        RecordWriting.CheckLength(content, _size);
        if (!IsStillInPlace()) return false;
        // After a failed write the descriptor may be the reason (a disk that came back): it is opened afresh.
        if (_file is null && !TryReopen()) return false;
        var written = (int)Libc.Write(_file!, content, 0);
        if (written == content.Length) return true;
        _file!.Dispose();
        _file = null;
        throw RecordWriting.Failure(_path, written);
    }

    public void Dispose() => _file?.Dispose();

    private bool TryReopen()
    {
        var file = RecordWriting.Open(_path, Libc.WriteOnly, out var opened);
        if (file is null || !opened.IsSameFile(_identity))
        {
            file?.Dispose();
            return false;
        }
        _file = file;
        return true;
    }

    private bool IsStillInPlace()
    {
        var errno = -Libc.Stat(_path, out var named);
        if (Errno.IsAbsent(errno)) return false;
        if (errno != 0) throw Errno.Failure(RecordWriting.Action, _path, errno);
        // The descriptor keeps the inode from being used again: the same number is the same file.
        return named.IsSameFile(_identity) && named.Links > 0;
    }
}

/// <summary>A record where inode numbers mean nothing and kept descriptors show stale content: opened, compared with
/// what was written last, written and closed each time.</summary>
internal sealed class ReopenedRecord : IRecordFile
{
    private readonly string _path;
    private readonly byte[] _last;
    private readonly byte[] _found;
    private bool _lastIsKnown;

    public ReopenedRecord(string path, int size)
    {
        (_path, _last, _found) = (path, new byte[size], new byte[size]);
        using var file = RecordWriting.Open(path, Libc.ReadWrite, out _)
            ?? throw Errno.Failure(RecordWriting.Action, path, Errno.NoEntry);
        _lastIsKnown = RecordWriting.Read(file, path, _last);
    }

    public bool TryWrite(ReadOnlySpan<byte> content)
    {
        RecordWriting.CheckLength(content, _last.Length);
        using var file = RecordWriting.Open(_path, Libc.ReadWrite, out _);
        if (file is null) return false;
        var complete = RecordWriting.Read(file, _path, _found);
        if (_lastIsKnown && (!complete || !_found.AsSpan().SequenceEqual(_last))) return false;
        _lastIsKnown = false;
        var written = (int)Libc.Write(file, content, 0);
        if (written != content.Length) throw RecordWriting.Failure(_path, written);
        var errno = -Libc.Close(file);
        if (errno != 0) throw Errno.Failure(RecordWriting.Action, _path, errno);
        content.CopyTo(_last);
        _lastIsKnown = true;
        return true;
    }

    public void Dispose() { }
}

/// <summary>What both kinds of record share.</summary>
internal static class RecordWriting
{
    public const string Action = "Cannot write the record";

    public static SafeFileHandle? Open(string path, int flags, out FileStat stat) =>
        UnixDisk.OpenRegular(path, flags, Action, out stat);

    public static LedgerStorageException Failure(string path, int written) => written < 0
        ? Errno.Failure(Action, path, -written)
        : new LedgerStorageException(path, $"{Action}: only {written} bytes of it were taken");

    public static void CheckLength(ReadOnlySpan<byte> content, int size)
    {
        if (content.Length != size) throw new ArgumentException($"The record has {size} bytes, not {content.Length}.");
    }

    /// <summary>False when the file is shorter than the record.</summary>
    public static bool Read(SafeFileHandle file, string path, Span<byte> target)
    {
        var length = 0;
        while (length < target.Length)
        {
            var count = (int)Libc.Read(file, target[length..], length);
            if (count < 0) throw Errno.Failure(Action, path, -count);
            if (count == 0) return false;
            length += count;
        }
        return true;
    }
}
