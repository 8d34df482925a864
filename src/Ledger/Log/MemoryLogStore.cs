namespace Ledger.Log;

/// <summary>Logs in memory, for simulation and tests: shared by all who hold the same store.</summary>
internal sealed class MemoryLogStore(int genesisBytes = LogLimits.RecordBytes) : ILogStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, MemoryRecords> _live = [];
    private readonly List<(string Name, MemoryRecords Records)> _archived = [];

    public bool TryCreate(string operationId, ReadOnlySpan<byte> genesis)
    {
        LogRecord.CheckGenesis(genesis, genesisBytes);
        var records = new MemoryRecords();
        records.Add(genesis);
        lock (_lock) return _live.TryAdd(operationId, records);
    }

    public IOperationLog? TryOpen(string operationId)
    {
        lock (_lock)
        {
            if (_live.TryGetValue(operationId, out var live)) return new MemoryLog(operationId, live);
            var newest = _archived.FindLast(each => LedgerLayout.OperationIdOf(each.Name) == operationId).Records;
            return newest is null ? null : new MemoryLog(operationId, newest);
        }
    }

    public IOperationLog? TryOpenArchived(string backupName)
    {
        lock (_lock)
        {
            var records = _archived.Find(each => each.Name == backupName).Records;
            return records is null ? null : new MemoryLog(LedgerLayout.OperationIdOf(backupName), records);
        }
    }

    public IReadOnlyList<string> ListLive()
    {
        lock (_lock) return [.. _live.Keys];
    }

    public IReadOnlyList<string> ListArchived()
    {
        lock (_lock) return [.. _archived.Select(each => each.Name)];
    }

    public string? TryArchive(string operationId, string nonce, Func<IOperationLog, bool> isSame)
    {
        MemoryRecords? records;
        lock (_lock)
        {
            if (!_live.TryGetValue(operationId, out records)) return null;
        }
        using (var log = new MemoryLog(operationId, records))
        {
            if (!isSame(log)) return null;
        }
        lock (_lock)
        {
            // Unlike on a disk the look and the move can be one step: what was asked about is what is moved.
            if (!_live.TryGetValue(operationId, out var current) || current != records) return null;
            var name = _archived.Exists(each => each.Name == operationId) ? $"{operationId}~{nonce}" : operationId;
            _live.Remove(operationId);
            _archived.Add((name, records));
            records.State = MemoryRecordsState.Archived;
            return name;
        }
    }

    public void DeleteArchived(string backupName, Func<IOperationLog, bool> isSame)
    {
        using var judged = TryOpenArchived(backupName);
        if (judged is null || !isSame(judged)) return;
        lock (_lock)
        {
            foreach (var each in _archived.Where(each => each.Name == backupName))
                each.Records.State = MemoryRecordsState.Gone;
            _archived.RemoveAll(each => each.Name == backupName);
        }
    }
}
