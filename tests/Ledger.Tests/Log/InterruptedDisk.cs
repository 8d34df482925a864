using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Tests.Log;

/// <summary>A disk that lets others act right before or right behind one publication.</summary>
internal sealed class InterruptedDisk(IDisk disk) : IDisk
{
    public Action? BeforePublish { get; set; }

    public Action? AfterPublish { get; set; }

    /// <summary>What every flush of a directory fails with; null: they work.</summary>
    public LedgerStorageException? FailFlush { get; set; }

    public bool TryPublish(string path, ReadOnlySpan<byte> content, bool flush)
    {
        var (before, after) = (BeforePublish, AfterPublish);
        (BeforePublish, AfterPublish) = (null, null);
        before?.Invoke();
        var published = disk.TryPublish(path, content, flush);
        after?.Invoke();
        return published;
    }

    public byte[]? ReadAll(string path, int limit) => disk.ReadAll(path, limit);

    public void Replace(string path, ReadOnlySpan<byte> content, bool flush = false) => disk.Replace(path, content, flush);

    public bool FlushDirectory(string path) => FailFlush is { } failure ? throw failure : disk.FlushDirectory(path);

    public IReadOnlyList<string>? List(string directory) => disk.List(directory);

    public IReadOnlyList<string>? ListTemporary(string directory) => disk.ListTemporary(directory);

    public bool TryMove(string source, string target) => disk.TryMove(source, target);

    public void Delete(string path) => disk.Delete(path);

    public void DeleteEmptyDirectory(string path) => disk.DeleteEmptyDirectory(path);

    public void CreateDirectory(string path) => disk.CreateDirectory(path);

    public DiskEntry? Look(string path) => disk.Look(path);

    public string? Identity(string path) => disk.Identity(path);

    public void DeleteTree(string path) => disk.DeleteTree(path);

    public IRecordFile OpenRecord(string path, int size) => disk.OpenRecord(path, size);
}
