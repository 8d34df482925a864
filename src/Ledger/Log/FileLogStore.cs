using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Log;

/// <summary>What the logs on disk have in common: where they lie, how they are found, archived and pruned. A log is one
/// name in the live directory, and one name in a folder of the backup.</summary>
internal abstract class FileLogStore(
    IDisk disk, string liveDirectory, string backupDirectory, bool flushes, int genesisBytes) : ILogStore
{
    /// <summary>How the name of a log in its folder begins while it is being deleted.</summary>
    private const string Taken = "pruned~";

    protected IDisk Disk => disk;

    /// <summary>Whether what is acknowledged must be on the disk itself, content and names.</summary>
    internal bool Flushes => flushes;

    /// <summary>What the first record of a log may have at most.</summary>
    internal int GenesisBytes => genesisBytes;

    /// <summary>Random hexadecimal digits, as many as asked for.</summary>
    internal Func<int, string> NewHex { get; init; } = RandomName.Hex;

    /// <summary>What follows the id in the name of a live log.</summary>
    protected abstract string LiveSuffix { get; }

    /// <summary>The name of the log in its folder in the backup.</summary>
    protected abstract string ArchivedName { get; }

    public abstract bool TryCreate(string operationId, ReadOnlySpan<byte> genesis);

    public IOperationLog? TryOpen(string operationId)
    {
        // Looked at twice: an archiver may put back what it moved by mistake.
        return OpenAt(operationId, LivePath(operationId), archived: false)
            ?? OpenNewestArchived(operationId)
            ?? OpenAt(operationId, LivePath(operationId), archived: false);
    }

    public IOperationLog? TryOpenArchived(string backupName) =>
        OpenAt(LedgerLayout.OperationIdOf(backupName), ArchivedPath(backupName), archived: true);

    public IReadOnlyList<string> ListLive()
    {
        var names = disk.List(liveDirectory)
            ?? throw new LedgerStorageException(liveDirectory, "Cannot list the live logs: the directory is missing");
        return [.. names.Where(name => name.EndsWith(LiveSuffix, StringComparison.Ordinal))
            .Where(name => name.Length > LiveSuffix.Length).Select(name => name[..^LiveSuffix.Length])];
    }

    public IReadOnlyList<string> ListArchived() => disk.List(backupDirectory) ?? [];

    public string? TryArchive(string operationId, string nonce, Func<IOperationLog, bool> isSame)
    {
        var live = LivePath(operationId);
        if (!Confirms(operationId, live, archived: false, isSame)) return null;
        disk.CreateDirectory(backupDirectory);
        var name = operationId;
        disk.CreateDirectory(Path.Combine(backupDirectory, name));
        if (disk.Look(ArchivedPath(name)) is not null)
        {
            name = $"{operationId}~{nonce}";
            disk.CreateDirectory(Path.Combine(backupDirectory, name));
        }
        var target = ArchivedPath(name);
        // Before the log is in it: a folder whose name is lost takes everything along.
        if (flushes) disk.FlushDirectory(backupDirectory);
        if (!disk.TryMove(live, target))
        {
            // Somebody was faster. What bears the nonce is nobody else's; a plain name's folder the other may just need.
            if (name != operationId) disk.DeleteEmptyDirectory(Path.Combine(backupDirectory, name));
            return null;
        }
        FlushMove(name);
        if (Confirms(operationId, target, archived: true, isSame)) return name;
        // Overslept: the log was archived by someone else and re-created. If yet another has been created in this
        // moment it stays in the backup, where its participants go on with it.
        disk.TryMove(target, live);
        FlushMove(name);
        return null;
    }

    public void DeleteArchived(string backupName, Func<IOperationLog, bool> isSame)
    {
        var folder = Path.Combine(backupDirectory, backupName);
        // What whoever was killed had taken, too. Taken under a name that nobody uses again: what is deleted by it is
        // what was looked at.
        foreach (var name in (disk.List(folder) ?? []).Where(IsLog))
        {
            var mine = Path.Combine(folder, Taken + NewHex(16));
            if (!disk.TryMove(Path.Combine(folder, name), mine)) continue;
            if (Confirms(LedgerLayout.OperationIdOf(backupName), mine, archived: true, isSame)) DeleteLog(mine);
            else PutBack(mine, backupName);
        }
        DeleteFilesAndDirectory(folder, but: IsLog);
    }

    internal string LivePath(string operationId) => Path.Combine(liveDirectory, operationId + LiveSuffix);

    internal string ArchivedPath(string backupName) => Path.Combine(backupDirectory, backupName, ArchivedName);

    /// <summary>Where logs of an operation may lie in the backup.</summary>
    internal IEnumerable<string> ArchivedPaths(string operationId) => ListArchived()
        .Where(name => LedgerLayout.OperationIdOf(name) == operationId).Select(ArchivedPath);

    /// <summary>Brings the name of a live log to the disk itself, where that is asked for.</summary>
    protected internal void FlushLiveNames()
    {
        if (flushes) disk.FlushDirectory(liveDirectory);
    }

    /// <summary>Opens a log, or null when there is none at the path.</summary>
    protected abstract IOperationLog? OpenAt(string operationId, string path, bool archived);

    /// <summary>Deletes an archived log, so that whoever has it open finds it gone.</summary>
    protected abstract void DeleteLog(string path);

    /// <summary>Deletes what is no log any more: whoever was deleting it was killed at the last step.</summary>
    protected virtual void DeleteRemains(string path) { }

    /// <summary>Deletes what is in a directory, with exceptions, and then the directory if it is empty. In descending
    /// order.</summary>
    protected void DeleteFilesAndDirectory(string directory, Func<string, bool>? but = null)
    {
        IEnumerable<string> names = [.. disk.List(directory) ?? [], .. disk.ListTemporary(directory) ?? []];
        foreach (var path in names.Where(name => but?.Invoke(name) != true).OrderDescending(StringComparer.Ordinal).Select(name => Path.Combine(directory, name)))
        {
            if (disk.Look(path) is { IsDirectory: true }) disk.DeleteEmptyDirectory(path);
            else disk.Delete(path);
        }
        disk.DeleteEmptyDirectory(directory);
    }

    private void PutBack(string taken, string backupName)
    {
        DeleteRemains(taken);
        disk.TryMove(taken, ArchivedPath(backupName));
    }

    private void FlushMove(string backupName)
    {
        if (!flushes) return;
        disk.FlushDirectory(Path.Combine(backupDirectory, backupName));
        disk.FlushDirectory(liveDirectory);
    }

    private bool IsLog(string name) => name == ArchivedName || name.StartsWith(Taken, StringComparison.Ordinal);

    private bool Confirms(string operationId, string path, bool archived, Func<IOperationLog, bool> isSame)
    {
        using var log = OpenAt(operationId, path, archived);
        return log is not null && isSame(log);
    }

    private IOperationLog? OpenNewestArchived(string operationId)
    {
        // A folder changes when a log is moved into it. The plain name was taken before any that bears a nonce.
        var newestFirst = ArchivedPaths(operationId)
            .Select(path => (Path: path, Folder: Path.GetDirectoryName(path)!))
            .OrderByDescending(each => disk.Look(each.Folder)?.Modified ?? DateTimeOffset.MinValue)
            .ThenByDescending(each => each.Folder.Length);
        return newestFirst.Select(each => OpenAt(operationId, each.Path, archived: true))
            .FirstOrDefault(log => log is not null);
    }
}
