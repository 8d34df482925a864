using Ledger.Model;
using Ledger.Platform;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Log;

/// <summary>A log in one file, whose order is the kernel's: each record is one write on a descriptor opened to append.
/// The descriptor follows the file into the backup. For local file systems only.</summary>
internal sealed class AppendLog : IOperationLog
{
    // Renames change the inode's time, so most quiet reads need not look at paths. Times are coarse, though: a rename
    // right behind a write can share its tick, and is found by looking all the same every so often.
    private const int QuietReadsBetweenLooks = 64;

    private readonly AppendLogStore _store;
    private readonly SafeFileHandle _file;
    private readonly FileStat _identity;
    private readonly AppendLogReader _reader;
    private readonly LedgerStorageException? _readOnly;
    private (long, uint) _changeSeen;
    private int _quietReads;
    private bool _nameIsFlushed;

    // A creator that dies between naming the log and removing its temporary name leaves two names. From then on the
    // number of names does not tell whether the log's own one is still there, until both facts are seen together.
    private bool _hasOtherNames;

    private AppendLog(AppendLogStore store, string operationId, string path, bool archived, SafeFileHandle file,
        FileStat identity, LedgerStorageException? readOnly)
    {
        (_store, OperationId, IsArchived, _file, _identity) = (store, operationId, archived, file, identity);
        _readOnly = readOnly;
        _hasOtherNames = identity.Links > 1;
        _reader = new AppendLogReader(file) { Path = path };
    }

    public string OperationId { get; }

    public bool IsArchived { get; private set; }

    /// <summary>Opens an existing log, or null when it is confirmed absent. Where writing is not allowed it is opened to
    /// be read, and appends are refused with the reason.</summary>
    public static AppendLog? TryOpen(AppendLogStore store, string operationId, string path, bool archived)
    {
        const string Action = "Cannot open the log";
        LedgerStorageException? readOnly = null;
        SafeFileHandle? file;
        FileStat identity;
        try
        {
            file = UnixDisk.OpenRegular(path, Libc.ReadWrite | Libc.Append, Action, out identity);
        }
        catch (LedgerStorageException e) when (e.Errno is Errno.ReadOnlySystem or Errno.AccessDenied)
        {
            readOnly = e;
            file = UnixDisk.OpenRegular(path, Libc.ReadOnly, Action, out identity);
        }
        return file is null ? null : new AppendLog(store, operationId, path, archived, file, identity, readOnly);
    }

    public AppendResult Append(ReadOnlySpan<byte> record)
    {
        const string Action = "Cannot append to the log";
        LogRecord.Check(record);
        if (_readOnly is not null) return new AppendResult(AppendStatus.NotWritten, _readOnly);
        var written = (int)Libc.Write(_file, record);
        if (written < 0)
        {
            var status = Errno.IsRefusal(-written) ? AppendStatus.NotWritten : AppendStatus.Unknown;
            return new AppendResult(status, Errno.Failure(Action, _reader.Path, -written));
        }
        if (written < record.Length)
        {
            return new AppendResult(AppendStatus.Unknown, new LedgerStorageException(_reader.Path,
                $"{Action}: only {written} of {record.Length} bytes were taken; is the disk full?"));
        }
        if (_store.Flushes) Flush();
        return AfterWriting();
    }

    public LogReadStatus Read(LineHandler handler)
    {
        if (!_reader.ReadToEnd(handler) && !IsStillThere()) return LogReadStatus.Gone;
        return _reader.AtUnterminatedTail ? LogReadStatus.AtUnterminatedTail : LogReadStatus.AtEnd;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Brings the record to the disk itself, with all before it, whoever wrote that. A failure is not an answer that
    /// can be resolved by reading on: the kernel may hold the record in memory only, and says so once.</summary>
    private void Flush()
    {
        const string Action = "The record was written, but may not survive a loss of power: cannot flush";
        var errno = -Libc.FlushData(_file);
        if (errno != 0) throw Errno.Failure(Action, _reader.Path, errno);
        if (_nameIsFlushed) return;
        // Its creator may have died before it did this. Archivers flush what they move.
        _store.FlushLiveNames();
        _nameIsFlushed = true;
    }

    /// <summary>A file that was deleted before the write must never count; one that is deleted later is just pruned.
    /// So it is looked at behind the write.</summary>
    private AppendResult AfterWriting()
    {
        const string Action = "Cannot tell whether the log that was appended to is still there";
        var errno = -Libc.Stat(_file, out var stat);
        if (errno != 0) return new AppendResult(AppendStatus.Unknown, Errno.Failure(Action, _reader.Path, errno));
        if (stat.Links == 1 && !_hasOtherNames) return AppendResult.Written;
        try
        {
            return stat.Links > 0 && TryLocate(stat.Links) ? AppendResult.Written : new AppendResult(AppendStatus.Gone);
        }
        catch (LedgerStorageException e)
        {
            return new AppendResult(AppendStatus.Unknown, e);
        }
    }

    private bool IsStillThere()
    {
        const string Action = "Cannot read the log";
        var errno = -Libc.Stat(_file, out var stat);
        if (errno != 0) throw Errno.Failure(Action, _reader.Path, errno);
        if (stat.Links == 0) return false;
        if (stat.Size < _reader.Reached)
            throw new LedgerStorageException(_reader.Path, $"{Action}: it has become shorter; was it edited?");
        _quietReads++;
        if (stat.Changed == _changeSeen && _quietReads < QuietReadsBetweenLooks) return true;
        _changeSeen = stat.Changed;
        _quietReads = 0;
        // One name, but none that we know: on its way into the backup or out of it, and found next time.
        return TryLocate(stat.Links) || !_hasOtherNames;
    }

    private bool TryLocate(uint links)
    {
        _hasOtherNames |= links > 1;
        // Looked for twice, for an archiver that puts back what it moved by mistake.
        if (!TryPlaces() && !TryPlaces()) return false;
        _hasOtherNames = links > 1;
        return true;
    }

    private bool TryPlaces() => IsAt(_store.LivePath(OperationId), archived: false)
        || _store.ArchivedPaths(OperationId).Any(path => IsAt(path, archived: true));

    private bool IsAt(string path, bool archived)
    {
        var errno = -Libc.Stat(path, out var stat);
        if (errno != 0 && !Errno.IsAbsent(errno)) throw Errno.Failure("Cannot look at the log", path, errno);
        if (errno != 0 || !stat.IsSameFile(_identity)) return false;
        (_reader.Path, IsArchived) = (path, archived);
        return true;
    }
}
