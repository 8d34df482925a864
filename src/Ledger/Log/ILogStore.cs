namespace Ledger.Log;

/// <summary>The logs of one ledger directory. Thread-safe. Failures are <see cref="Model.LedgerStorageException"/>.</summary>
internal interface ILogStore
{
    /// <summary>Creates the log of an operation with its first line, exclusively: of many racers one gets true, and the
    /// log appears with that line complete or not at all. False when a live log of that id exists.</summary>
    bool TryCreate(string operationId, ReadOnlySpan<byte> genesis);

    /// <summary>Opens the live log, else the newest archived one, else null (confirmed absent).</summary>
    IOperationLog? TryOpen(string operationId);

    /// <summary>Opens one archived log by its folder name in the backup, or null.</summary>
    IOperationLog? TryOpenArchived(string backupName);

    /// <summary>Ids of the live operations, in no order.</summary>
    IReadOnlyList<string> ListLive();

    /// <summary>Folder names in the backup, in no order: the operation's id, with <c>~nonce</c> where the name was
    /// taken.</summary>
    IReadOnlyList<string> ListArchived();

    /// <summary>Moves a live log to the backup in one rename, the commit point. <paramref name="isSame"/> is asked about
    /// the log before and after: an archiver that overslept a re-creation under the same id puts back what it moved.
    /// Null when there was nothing to move; else the folder's name in the backup.</summary>
    string? TryArchive(string operationId, string nonce, Func<IOperationLog, bool> isSame);

    /// <summary>Deletes one archived folder with everything in it. Whoever has its log open finds it gone. The log is taken
    /// away first, and <paramref name="isSame"/> asked about it: who judged it old may have slept until another of that name
    /// lies there, which is put back. Absent is no error; killed in between, or disturbed by a late append, it can be
    /// called again.</summary>
    void DeleteArchived(string backupName, Func<IOperationLog, bool> isSame);
}
