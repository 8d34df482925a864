using Ledger.Platform;

namespace Ledger.Log;

/// <summary>Append logs: <c>{live}/{id}.log.jsonl</c>, <c>{backup}/{id}/log.jsonl</c>.</summary>
internal sealed class AppendLogStore(UnixDisk disk, string liveDirectory, string backupDirectory)
    : FileLogStore(disk, liveDirectory, backupDirectory)
{
    protected override string LiveSuffix => ".log.jsonl";

    protected override string ArchivedName => "log.jsonl";

    public override bool TryCreate(string operationId, ReadOnlySpan<byte> genesis)
    {
        LogRecord.CheckGenesis(genesis);
        return Disk.TryPublish(LivePath(operationId), genesis, flush: false);
    }

    protected override IOperationLog? OpenAt(string operationId, string path, bool archived) =>
        AppendLog.TryOpen(this, operationId, path, archived);

    protected override void DeleteLog(string path) => Disk.Delete(path);
}
