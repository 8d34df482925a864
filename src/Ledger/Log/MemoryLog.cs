namespace Ledger.Log;

/// <summary>A log in memory. It never fails, and nothing is ever torn in it.</summary>
internal sealed class MemoryLog(string operationId, MemoryRecords records) : IOperationLog
{
    private readonly string _path = $"memory:{operationId}";
    private int _next;
    private long _offset;

    public string OperationId => operationId;

    public bool IsArchived { get; private set; } = records.State == MemoryRecordsState.Archived;

    public AppendResult Append(ReadOnlySpan<byte> record)
    {
        LogRecord.Check(record);
        return records.Add(record) ? AppendResult.Written : new AppendResult(AppendStatus.Gone);
    }

    public LogReadStatus Read(LineHandler handler)
    {
        var isNew = false;
        while (records.At(_next) is { } record)
        {
            isNew = true;
            var offset = _offset;
            _next++;
            _offset += record.Length;
            LineSplitter.Deliver(record, _path, offset, handler);
        }
        var state = records.State;
        IsArchived = state == MemoryRecordsState.Archived;
        return state == MemoryRecordsState.Gone && !isNew ? LogReadStatus.Gone : LogReadStatus.AtEnd;
    }

    public void Dispose() { }
}

internal enum MemoryRecordsState
{
    Live,
    Archived,
    Gone,
}

/// <summary>The records of one log in memory.</summary>
internal sealed class MemoryRecords
{
    private readonly Lock _lock = new();
    private readonly List<byte[]> _records = [];
    private MemoryRecordsState _state;

    public MemoryRecordsState State
    {
        get
        {
            lock (_lock) return _state;
        }
        set
        {
            lock (_lock) _state = value;
        }
    }

    /// <summary>False, and nothing is added, when the log is gone.</summary>
    public bool Add(ReadOnlySpan<byte> record)
    {
        lock (_lock)
        {
            if (_state == MemoryRecordsState.Gone) return false;
            _records.Add(record.ToArray());
            return true;
        }
    }

    public byte[]? At(int index)
    {
        lock (_lock) return index < _records.Count ? _records[index] : null;
    }
}
