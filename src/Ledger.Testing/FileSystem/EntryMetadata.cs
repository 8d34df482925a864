namespace Ledger.Testing;

/// <summary>Times and attributes, the same for files and directories.</summary>
internal sealed class EntryMetadata(SimulatedFileSystem fileSystem)
{
    /// <summary>What .NET answers for the times of what is not there.</summary>
    public static readonly DateTime MissingUtc = new(1601, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public EntryStatus? TryLook(string path) => fileSystem.Calls.TryLook(fileSystem.Parse(path));

    public DateTime CreatedUtc(string path) => TryLook(path)?.CreatedUtc ?? MissingUtc;

    public DateTime WrittenUtc(string path) => TryLook(path)?.WrittenUtc ?? MissingUtc;

    public DateTime AccessedUtc(string path) => TryLook(path)?.AccessedUtc ?? MissingUtc;

    public void SetCreatedUtc(string path, DateTime value) => Update(path, node => node.CreatedUtc = ToUtc(value));

    public void SetWrittenUtc(string path, DateTime value) => Update(path, node => node.WrittenUtc = ToUtc(value));

    public void SetAccessedUtc(string path, DateTime value) => Update(path, node => node.AccessedUtc = ToUtc(value));

    /// <summary>Of attributes, Unix can store one.</summary>
    public void SetAttributes(string path, FileAttributes value) =>
        Update(path, node => node.IsReadOnly = value.HasFlag(FileAttributes.ReadOnly));

    /// <summary>As <c>Exists</c> of .NET: whatever is wrong with the path or the disk, the answer is null.</summary>
    public EntryStatus? LookOrNull(string? path)
    {
        try
        {
            return string.IsNullOrEmpty(path) ? null : TryLook(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static DateTime ToUtc(DateTime value) =>
        value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : DateTime.SpecifyKind(value, DateTimeKind.Utc);

    private void Update(string path, Action<Node> update) => fileSystem.Calls.Update(fileSystem.Parse(path), update);
}
