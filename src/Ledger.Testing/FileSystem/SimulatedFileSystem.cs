using System.IO.Abstractions;

namespace Ledger.Testing;

/// <summary>A file system in memory for deterministic tests: one tree, seen by one client per simulated process, each
/// of which can be killed, cut off, or given faults at any call. It behaves as .NET does on a local Linux file system
/// (paths, exceptions and HResults included), with these differences: there are no links; listings are in ordinal
/// order; reading does not change access times; random names are counted; asynchronous members run at once; and
/// <c>File.Move(a, b, overwrite: false)</c> is one atomic step. So is every <see cref="FileCall"/>.
/// Thread-safe.</summary>
public sealed class SimulatedFileSystem : IFileSystem
{
    /// <summary>Creates an empty tree: <c>/</c> and <c>/tmp</c>. This instance is its first client.</summary>
    /// <param name="timeProvider">Where the file system's times come from (default: the system's clock).</param>
    /// <param name="name">The first client's name.</param>
    public SimulatedFileSystem(TimeProvider? timeProvider = null, string name = "client")
        : this(new FileTree(timeProvider ?? TimeProvider.System), name, new SimulatedView())
    {
    }

    private SimulatedFileSystem(FileTree tree, string name, SimulatedView view)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Calls = new SystemCalls(tree, new ClientState(name, view));
        Metadata = new EntryMetadata(this);
        Streams = new SimulatedFileStreamFactory(this);
        File = new SimulatedFile(this);
        Directory = new SimulatedDirectory(this);
        Path = new SimulatedPath(this);
        FileInfo = new SimulatedFileInfoFactory(this);
        DirectoryInfo = new SimulatedDirectoryInfoFactory(this);
        DriveInfo = new SimulatedDriveInfoFactory(this);
        FileSystemWatcher = new SimulatedWatcherFactory(this);
    }

    /// <summary>Raised after each change of the tree by whichever client, with the full path of what changed (for a
    /// rename: first the old path, then the new one), on the thread that made it, without locks. Of changes made at
    /// the same time by several threads it may come in another order. A handler must not throw.</summary>
    public event Action<string>? Changed
    {
        add => Calls.Tree.PathChanged += value;
        remove => Calls.Tree.PathChanged -= value;
    }

    /// <summary>This client's name.</summary>
    public string Name => Calls.Client.Name;

    /// <summary>Asked before every call of this client what goes wrong with it; null for nothing (default: no hook).
    /// It runs on the calling thread without locks: it may throw, and it may wait, so that a test can hold a call
    /// up.</summary>
    public Func<FileCall, FileFault?>? Fault
    {
        get => Calls.Fault;
        set => Calls.Fault = value;
    }

    /// <summary>While true every call of this client fails as on a lost mount, with an <see cref="IOException"/>
    /// (ENOTCONN), <c>Exists</c> says false, and its watchers are silent. Files that were open work again afterwards.
    /// </summary>
    public bool IsPartitioned
    {
        get => Calls.IsPartitioned;
        set => Calls.IsPartitioned = value;
    }

    /// <summary>True after a crash, until <see cref="Restart"/>. Every call of the client throws
    /// <see cref="SimulatedCrashException"/>.</summary>
    public bool IsCrashed => Calls.IsCrashed;

    /// <summary>Whether this client's watchers see what other clients change (default: true). False is a network drive.
    /// </summary>
    public bool WatchesOtherClients { get; set; } = true;

    /// <summary>How often a watcher of this client is told of a change of the given path: 1; 0, the event is lost; 2, it comes
    /// twice; or -1, it is lost and the watcher reports an overflow (default: no hook, always 1). It must not use the
    /// file system.</summary>
    public Func<string, int>? WatchFault { get; set; }

    /// <summary>Whether an append is written at the end the file has at that moment, atomically, as with <c>O_APPEND</c>
    /// (default: false; at the end it had when it was opened, as real streams of .NET do).</summary>
    public bool AppendsAtomically
    {
        get => Calls.AppendsAtomically;
        set => Calls.AppendsAtomically = value;
    }

    /// <summary>What its host remembers of the drive.</summary>
    public SimulatedView View => Calls.Client.View;

    /// <summary>The disk's size in bytes, for the content of files alone (default: null, unlimited). A write beyond it
    /// writes what fits, then throws an <see cref="IOException"/> (ENOSPC). The same for all clients.</summary>
    public long? TotalBytes
    {
        get
        {
            lock (Calls.Tree.Sync)
                return Calls.Tree.TotalBytes;
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value ?? 0, nameof(value));
            lock (Calls.Tree.Sync)
                Calls.Tree.TotalBytes = value;
        }
    }

    /// <summary>Bytes in all files, those included that were deleted and are still open.</summary>
    public long UsedBytes
    {
        get
        {
            lock (Calls.Tree.Sync)
                return Calls.Tree.UsedBytes;
        }
    }

    /// <inheritdoc/>
    public IFile File { get; }

    /// <inheritdoc/>
    public IDirectory Directory { get; }

    /// <summary>As <see cref="System.IO.Path"/>, on this client's current directory and <c>/tmp</c>.</summary>
    public IPath Path { get; }

    /// <inheritdoc/>
    public IFileInfoFactory FileInfo { get; }

    /// <inheritdoc/>
    public IDirectoryInfoFactory DirectoryInfo { get; }

    /// <inheritdoc/>
    public IFileStreamFactory FileStream => Streams;

    /// <summary>Knows the one drive <c>/</c>.</summary>
    public IDriveInfoFactory DriveInfo { get; }

    /// <summary>Creates watchers that raise their events before the call returns that made the change, on its
    /// thread.</summary>
    public IFileSystemWatcherFactory FileSystemWatcher { get; }

    internal SystemCalls Calls { get; }

    internal EntryMetadata Metadata { get; }

    internal SimulatedFileStreamFactory Streams { get; }

    internal string CurrentDirectory { get; set; } = "/";

    /// <summary>Adds a client: a view of the same tree with its own faults, its own connection, its own current
    /// directory and a life of its own. Make one per simulated process.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="view">What its host remembers of the drive (default: a view of its own, which is always fresh).</param>
    public SimulatedFileSystem CreateClient(string name, SimulatedView? view = null) =>
        new(Calls.Tree, name, view ?? new SimulatedView());

    /// <summary>Kills this client, as SIGKILL does: when this returns no call of it takes effect any more, what it has
    /// open is closed, and what its streams had not flushed is lost. Disposing such a stream does nothing.</summary>
    public void Crash() => Calls.Crash();

    /// <summary>Kills this client, as a loss of power does: as <see cref="Crash"/>, and what it had written to files and not
    /// brought to the disk with <c>Flush</c> is taken back. Names are on the disk at once.</summary>
    public void LosePower() => Calls.Crash(losesUnflushed: true);

    /// <summary>Lets this client be used again after a crash, as a new process in the same place. Streams from before
    /// stay closed.</summary>
    public void Restart() => Calls.Restart();

    internal TreePath Parse(string path, string parameter = "path") =>
        TreePath.Parse(path, CurrentDirectory, parameter);
}
