using Ledger.Platform;

namespace Ledger.Tests.Platform;

/// <summary>A disk that hands everything on to another one, for tests to change a part of.</summary>
internal abstract class PassingDisk(IDisk disk) : IDisk
{
    public virtual bool TryPublish(string path, ReadOnlySpan<byte> content, bool flush) => disk.TryPublish(path, content, flush);

    public virtual byte[]? ReadAll(string path, int limit) => disk.ReadAll(path, limit);

    public virtual void Replace(string path, ReadOnlySpan<byte> content, bool flush = false) => disk.Replace(path, content, flush);

    public virtual bool FlushDirectory(string path) => disk.FlushDirectory(path);

    public virtual IReadOnlyList<string>? List(string directory) => disk.List(directory);

    public virtual IReadOnlyList<string>? ListTemporary(string directory) => disk.ListTemporary(directory);

    public virtual bool TryMove(string source, string target) => disk.TryMove(source, target);

    public virtual void Delete(string path) => disk.Delete(path);

    public virtual void DeleteEmptyDirectory(string path) => disk.DeleteEmptyDirectory(path);

    public virtual void CreateDirectory(string path) => disk.CreateDirectory(path);

    public virtual DiskEntry? Look(string path) => disk.Look(path);

    public virtual string? Identity(string path) => disk.Identity(path);

    public virtual void DeleteTree(string path) => disk.DeleteTree(path);

    public virtual IRecordFile OpenRecord(string path, int size) => disk.OpenRecord(path, size);

    public virtual IRecordFile? TryKeep(string path, int size) => disk.TryKeep(path, size);
}
