using System.IO.Abstractions;

namespace Ledger.Testing;

/// <summary>What files and directories have in common. As the real ones: what was seen first is remembered until
/// <see cref="Refresh"/>, or a change through this instance.</summary>
internal abstract class SimulatedEntryInfo : IFileSystemInfo
{
    private string originalPath;
    private EntryStatus? status;
    private bool hasLooked;

    protected SimulatedEntryInfo(SimulatedFileSystem fileSystem, string path)
    {
        Simulated = fileSystem;
        originalPath = path;
        Target = fileSystem.Parse(path);
    }

    public IFileSystem FileSystem => Simulated;

    public abstract bool Exists { get; }

    public string FullName => Target.Text;

    public abstract string Name { get; }

    public string Extension => Path.GetExtension(Name);

    /// <summary>There are no links.</summary>
    public string LinkTarget => null!;

    public FileAttributes Attributes
    {
        get => Status?.Attributes ?? (FileAttributes)(-1);
        set => Change(metadata => metadata.SetAttributes(FullName, value));
    }

    public DateTime CreationTime
    {
        get => CreationTimeUtc.ToLocalTime();
        set => CreationTimeUtc = value.ToUniversalTime();
    }

    public DateTime CreationTimeUtc
    {
        get => Status?.CreatedUtc ?? EntryMetadata.MissingUtc;
        set => Change(metadata => metadata.SetCreatedUtc(FullName, value));
    }

    public DateTime LastAccessTime
    {
        get => LastAccessTimeUtc.ToLocalTime();
        set => LastAccessTimeUtc = value.ToUniversalTime();
    }

    public DateTime LastAccessTimeUtc
    {
        get => Status?.AccessedUtc ?? EntryMetadata.MissingUtc;
        set => Change(metadata => metadata.SetAccessedUtc(FullName, value));
    }

    public DateTime LastWriteTime
    {
        get => LastWriteTimeUtc.ToLocalTime();
        set => LastWriteTimeUtc = value.ToUniversalTime();
    }

    public DateTime LastWriteTimeUtc
    {
        get => Status?.WrittenUtc ?? EntryMetadata.MissingUtc;
        set => Change(metadata => metadata.SetWrittenUtc(FullName, value));
    }

    protected SimulatedFileSystem Simulated { get; }

    protected TreePath Target { get; private set; }

    protected EntryStatus? Status
    {
        get
        {
            if (!hasLooked)
                (status, hasLooked) = (Simulated.Calls.TryLook(Target), true);
            return status;
        }
    }

    /// <summary>As <see cref="Status"/>, but an error counts as absent, as it does for <c>Exists</c>.</summary>
    protected EntryStatus? StatusOrNull
    {
        get
        {
            if (!hasLooked)
                (status, hasLooked) = (Simulated.Metadata.LookOrNull(FullName), true);
            return status;
        }
    }

    public abstract void Delete();

    public void Refresh() => hasLooked = false;

    public override string ToString() => originalPath;

    /// <summary>Follows a move.</summary>
    protected void Retarget(string path)
    {
        originalPath = path;
        Target = Simulated.Parse(path);
        Refresh();
    }

    private void Change(Action<EntryMetadata> change)
    {
        change(Simulated.Metadata);
        Refresh();
    }
}
