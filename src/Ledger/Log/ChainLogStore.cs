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
        if (ChainNames.NonceOf(genesis) is null) throw new ArgumentException("The first line of a chain has no nonce.");
        var directory = LivePath(operationId);
        for (var tries = 1; ; tries++)
        {
            Disk.CreateDirectory(directory);
            try
            {
                if (!Disk.TryPublish(GenesisPath(directory), genesis, Flush)) return false;
            }
            catch (LedgerStorageException) when (tries < CreateTries && Disk.Look(directory) is null)
            {
                // An earlier operation's directory was archived under our hands: the next one is ours.
                continue;
            }
            if (Flushes) Disk.FlushDirectory(directory);
            FlushLiveNames();
            return true;
        }
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

    /// <summary>In ascending order, so that a reader never sees an entry outlive one before it.</summary>
    protected override void DeleteLog(string path) => DeleteFilesAndDirectory(path);

    private static string GenesisPath(string directory) => Path.Combine(directory, ChainNames.Entry(1, ""));
}
