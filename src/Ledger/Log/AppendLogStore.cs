using Ledger.Platform;

namespace Ledger.Log;

/// <summary>Append logs: <c>{live}/{id}.log.jsonl</c>, <c>{backup}/{id}/log.jsonl</c>.</summary>
internal sealed class AppendLogStore(
    UnixDisk disk, string liveDirectory, string backupDirectory, bool flushes = false, int genesisBytes = LogLimits.RecordBytes)
    : FileLogStore(disk, liveDirectory, backupDirectory, flushes, genesisBytes)
{
    internal const string Suffix = ".log.jsonl";

    protected override string LiveSuffix => Suffix;

    protected override string ArchivedName => "log.jsonl";

    public override bool TryCreate(string operationId, ReadOnlySpan<byte> genesis)
    {
        LogRecord.CheckGenesis(genesis, GenesisBytes);
        if (!Disk.TryPublish(LivePath(operationId), genesis, Flushes)) return false;
        FlushLiveNames();
        return true;
    }

    protected override IOperationLog? OpenAt(string operationId, string path, bool archived) =>
        AppendLog.TryOpen(this, operationId, path, archived);

    protected override void DeleteLog(string path) => Disk.Delete(path);
}
