using System.Buffers;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Log;

/// <summary>A log in which every record is a file of its own, published under its number by an exclusive step. A name
/// that exists is final, and number n+1 is tried only after n was read, so there are no holes.</summary>
internal sealed class ChainLog : IOperationLog
{
    private const int MovesToFollow = 8;

    private readonly ChainLogStore _store;
    private readonly string _nonce;
    private readonly ArrayBufferWriter<byte> _published = new(1024);
    private string _directory;
    private long _lastRead;
    private long _lastPublished;
    private long _listedAt;
    private bool _hasListed;
    private bool _nameIsFlushed;

    public ChainLog(ChainLogStore store, string operationId, string directory, string nonce, bool archived) =>
        (_store, OperationId, _directory, _nonce, IsArchived) = (store, operationId, directory, nonce, archived);

    public string OperationId { get; }

    public bool IsArchived { get; private set; }

    private IDisk Disk => _store.Files;

    public AppendResult Append(ReadOnlySpan<byte> record)
    {
        LogRecord.Check(record);
        // Nobody may try a number before its predecessor was read; one of our own may lie there unread, too.
        if (_lastRead == 0 || _lastPublished > _lastRead) return new AppendResult(AppendStatus.Behind);
        for (var move = 0; ; move++)
        {
            var path = NextPath;
            if (TryAt(path, record, canFollow: move < MovesToFollow) is { } answer) return answer;
            if (FollowAfterPublishing(path, record) is { } found) return found;
        }
    }

    public LogReadStatus Read(LineHandler handler)
    {
        for (var move = 0; ; move++)
        {
            var isNew = false;
            while (TryReadNext(handler)) isNew = true;
            // Where an entry was found just now the log was just now; the next quiet read looks.
            if (isNew || IsHere(_directory))
            {
                if (!TryListing()) return LogReadStatus.AtEnd;
                continue;
            }
            if (move >= MovesToFollow || !TryFollow()) return LogReadStatus.Gone;
        }
    }

    public void Dispose() { }

    private string NextPath => Path.Combine(_directory, ChainNames.Entry(_lastRead + 1, _nonce));

    /// <summary>Null when the log is not in its directory any more, whatever became of the attempt.</summary>
    private AppendResult? TryAt(string path, ReadOnlySpan<byte> record, bool canFollow)
    {
        try
        {
            if (!Disk.TryPublish(path, record, _store.Flush)) return new AppendResult(AppendStatus.Behind);
            if (!IsHere(_directory)) return null;
        }
        catch (LedgerStorageException e)
        {
            if (canFollow && !IsHereOrUnknown()) return null;
            return new AppendResult(Errno.IsRefusal(e.Errno) ? AppendStatus.NotWritten : AppendStatus.Unknown, e);
        }
        return Written(record);
    }

    /// <exception cref="LedgerStorageException">It was published, and may not survive a loss of power.</exception>
    private AppendResult Written(ReadOnlySpan<byte> record)
    {
        _lastPublished = _lastRead + 1;
        _published.ResetWrittenCount();
        _published.Write(record);
        if (!_store.Flushes) return AppendResult.Written;
        while (!Disk.FlushDirectory(_directory))
        {
            if (!TryFollow()) return new AppendResult(AppendStatus.Gone);
        }
        // The directory's own name, in case its creator died before it did this. Archivers flush what they move.
        if (!_nameIsFlushed) _store.FlushLiveNames();
        _nameIsFlushed = true;
        return AppendResult.Written;
    }

    /// <summary>After a publication into a directory that is not this log's any more. Null: try again where the log
    /// is now.</summary>
    private AppendResult? FollowAfterPublishing(string publishedAt, ReadOnlySpan<byte> record)
    {
        try
        {
            var found = TryFollow();
            // What lies in the log of a later operation under the same id is void by its name, and ours to remove. But
            // an archiver may have put this log back there meanwhile: what lies in it is final.
            if (_store.NonceAt(Path.GetDirectoryName(publishedAt)!) is { } other && other != _nonce) Disk.Delete(publishedAt);
            if (!found) return new AppendResult(AppendStatus.Gone);
            if (Disk.Look(NextPath) is null) return null;
            var moved = Disk.ReadAll(NextPath, LogLimits.RecordBytes);
            if (!record.SequenceEqual(moved)) return new AppendResult(AppendStatus.Behind);
        }
        catch (LedgerStorageException e)
        {
            return new AppendResult(AppendStatus.Unknown, e);
        }
        return Written(record);
    }

    private bool TryReadNext(LineHandler handler)
    {
        var path = NextPath;
        if (_lastPublished > _lastRead && IsPublishedHere(path))
        {
            _lastRead++;
            LineSplitter.Deliver(_published.WrittenSpan, path, 0, handler);
            return true;
        }
        var content = ReadEntry(path, out var isTooLarge);
        if (content is null) return false;
        if (_lastRead == 0 && ChainNames.NonceOf(content) != _nonce) return false;
        // By now the path may lead to a later operation, where a late writer of this one left what never counted.
        if (_lastRead > 0 && !IsHere(_directory)) return false;
        _lastRead++;
        // Nothing of ours is that large. Everyone skips it alike, without having read it.
        if (isTooLarge) handler(default, new LinePlace(path, 0), true);
        else LineSplitter.Deliver(content, path, 0, handler);
        return true;
    }

    /// <summary>Whether what was published last lies where this log is now: then it is known without being read, for only
    /// whoever publishes an entry makes its name.</summary>
    private bool IsPublishedHere(string path) =>
        Disk.Look(path) is { IsRegularFile: true } entry && entry.Length == _published.WrittenCount && IsHere(_directory);

    private byte[]? ReadEntry(string path, out bool isTooLarge)
    {
        isTooLarge = false;
        var limit = _lastRead == 0 ? _store.GenesisBytes : LogLimits.RecordBytes;
        try
        {
            return Disk.ReadAll(path, limit);
        }
        catch (LedgerStorageException)
            when (Disk.Look(path) is { IsRegularFile: true } entry && entry.Length > limit)
        {
            isTooLarge = true;
            return [];
        }
    }

    /// <summary>Either way of looking can be stale for a while, and which one differs by file system: reading the
    /// directory freshens what the client knows of single names.</summary>
    private bool TryListing()
    {
        if (_hasListed && _store.Time.GetElapsedTime(_listedAt) < _store.ListInterval) return false;
        (_hasListed, _listedAt) = (true, _store.Time.GetTimestamp());
        return Disk.List(_directory)?.Contains(ChainNames.Entry(_lastRead + 1, _nonce)) ?? true;
    }

    /// <summary>Whether a directory holds this log: it bears the mark, which is there before the log has its name. An entry
    /// tells nothing: writers that sleep leave some in the logs of later operations.</summary>
    private bool IsHere(string directory) =>
        Disk.Look(Path.Combine(directory, ChainNames.Mark(_nonce))) is not null || _store.NonceAt(directory) == _nonce;

    private bool IsHereOrUnknown()
    {
        try
        {
            return IsHere(_directory);
        }
        catch (LedgerStorageException)
        {
            return true;
        }
    }

    private bool TryFollow()
    {
        // Looked for twice, for an archiver that puts back what it moved by mistake.
        return TryPlaces() || TryPlaces();
    }

    private bool TryPlaces() => TryDirectory(_store.LivePath(OperationId), archived: false)
        || _store.ArchivedPaths(OperationId).Any(path => TryDirectory(path, archived: true));

    private bool TryDirectory(string directory, bool archived)
    {
        if (!IsHere(directory)) return false;
        (_directory, IsArchived) = (directory, archived);
        return true;
    }
}
