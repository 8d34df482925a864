using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Log;

/// <summary>How chain logs are kept.</summary>
/// <param name="Flush">Whether an entry is on disk before it is published. For network file systems.</param>
/// <param name="ListInterval">How often, at most, a reader at the end of a log reads the whole directory too.</param>
internal readonly record struct ChainLogOptions(bool Flush, TimeSpan ListInterval)
{
    /// <summary>Whether the entry, and its name too, are on disk before its proposer is answered.</summary>
    public bool FlushNames { get; init; }

    /// <summary>What the first entry may have at most.</summary>
    public int GenesisBytes { get; init; } = LogLimits.RecordBytes;

    /// <summary>What fits a network file system: flushed, listed at most once a second.</summary>
    public static ChainLogOptions Default => new(Flush: true, TimeSpan.FromSeconds(1));
}

/// <summary>Chain logs: <c>{live}/{id}.log/0000000001.json</c>, <c>{backup}/{id}/log/0000000001.json</c>.</summary>
internal sealed class ChainLogStore(
    IDisk disk, string liveDirectory, string backupDirectory, TimeProvider time, ChainLogOptions options)
    : FileLogStore(disk, liveDirectory, backupDirectory, options.FlushNames, options.GenesisBytes)
{
    internal const string Suffix = ".log";

    private const int CreateTries = 8;

    internal IDisk Files => Disk;

    internal TimeProvider Time => time;

    internal bool Flush => options.Flush || options.FlushNames;

    internal TimeSpan ListInterval => options.ListInterval;

    protected override string LiveSuffix => Suffix;

    protected override string ArchivedName => "log";

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The first line is not a JSON object with a member <c>nonce</c> of letters,
    /// digits, hyphens and underscores.</exception>
    public override bool TryCreate(string operationId, ReadOnlySpan<byte> genesis)
    {
        LogRecord.CheckGenesis(genesis, GenesisBytes);
        var nonce = ChainNames.NonceOf(genesis) ?? throw new ArgumentException("The first line of a chain has no nonce.");
        var directory = LivePath(operationId);
        if (Disk.Look(GenesisPath(directory)) is not null) return false;
        var prepared = DiskNames.Temporary(directory, NewHex);
        var isCreated = false;
        try
        {
            Prepare(prepared, nonce, genesis);
            isCreated = TryName(prepared, directory, nonce);
        }
        finally
        {
            if (!isCreated) Disk.DeleteTree(prepared);
        }
        if (isCreated) FlushLiveNames();
        return isCreated;
    }

    /// <summary>The nonce of the chain in a directory, or null when there is none.</summary>
    internal string? NonceAt(string directory)
    {
        var path = GenesisPath(directory);
        var genesis = Disk.ReadAll(path, GenesisBytes);
        if (genesis is null) return null;
        return ChainNames.NonceOf(genesis)
            ?? throw new LedgerStorageException(path, "Cannot read the log: its first line has no usable nonce");
    }

    protected override IOperationLog? OpenAt(string operationId, string path, bool archived) =>
        NonceAt(path) is { } nonce ? new ChainLog(this, operationId, path, nonce, archived) : null;

    /// <summary>The first entry last: what whoever was killed left can still be told from any other log.</summary>
    protected override void DeleteLog(string path) => DeleteFilesAndDirectory(path);

    protected override void DeleteRemains(string path) => Disk.DeleteEmptyDirectory(path);

    /// <summary>A whole log, under a name that nobody else has. The mark is in no directory but this one, whoever sleeps how
    /// long: it is made by a name that is never used again.</summary>
    private void Prepare(string directory, string nonce, ReadOnlySpan<byte> genesis)
    {
        Disk.CreateDirectory(directory);
        Disk.CreateDirectory(Path.Combine(directory, ChainNames.Mark(nonce)));
        Disk.TryPublish(GenesisPath(directory), genesis, Flush);
        if (Flushes) Disk.FlushDirectory(directory);
    }

    /// <summary>Gives the log its name, which makes it the operation's log. Of many creators one wins.</summary>
    private bool TryName(string prepared, string directory, string nonce)
    {
        for (var tries = 1; ; tries++)
        {
            var failure = TryMove(prepared, directory, out var isMoved);
            if (isMoved) return true;
            // A lost reply looks like a failure, and servers disagree about the code for "exists".
            if (NonceAt(directory) is { } found) return found == nonce;
            if (tries == CreateTries)
                throw failure ?? new LedgerStorageException(directory, "Cannot create the log: something else is in its place");
            // Reading the directory also freshens what a network file system's client knows of the first entry.
            DeleteHeadless(directory);
        }
    }

    private LedgerStorageException? TryMove(string source, string target, out bool isMoved)
    {
        try
        {
            isMoved = Disk.TryMove(source, target);
            return null;
        }
        catch (LedgerStorageException e)
        {
            isMoved = false;
            return e;
        }
    }

    /// <summary>What a loss of power can leave of a log that was created just before: a directory, and marks.</summary>
    private void DeleteHeadless(string directory)
    {
        foreach (var name in (Disk.List(directory) ?? []).Where(ChainNames.IsMark))
            Disk.DeleteEmptyDirectory(Path.Combine(directory, name));
        Disk.DeleteEmptyDirectory(directory);
    }

    private static string GenesisPath(string directory) => Path.Combine(directory, ChainNames.Entry(1, ""));
}
