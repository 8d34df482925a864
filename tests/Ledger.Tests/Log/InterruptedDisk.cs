using Ledger.Model;
using Ledger.Platform;
using Ledger.Tests.Platform;

namespace Ledger.Tests.Log;

/// <summary>A disk that lets others act right before or right behind one publication, or behind a look.</summary>
internal sealed class InterruptedDisk(IDisk disk) : PassingDisk(disk)
{
    public Action? BeforePublish { get; set; }

    public Action? AfterPublish { get; set; }

    /// <summary>Told what was looked at and whether it was there.</summary>
    public Action<string, bool>? AfterLook { get; set; }

    /// <summary>Behind the next move.</summary>
    public Action? AfterMove { get; set; }

    /// <summary>How many more files and directories can be deleted before every attempt fails; null: any number.</summary>
    public int? RemovalsLeft { get; set; }

    /// <summary>Paths of files that were to be deleted.</summary>
    public List<string> Deleted { get; } = [];

    /// <summary>What every flush of a directory fails with; null: they work.</summary>
    public LedgerStorageException? FailFlush { get; set; }

    public override bool TryPublish(string path, ReadOnlySpan<byte> content, bool flush)
    {
        var (before, after) = (BeforePublish, AfterPublish);
        (BeforePublish, AfterPublish) = (null, null);
        before?.Invoke();
        var published = base.TryPublish(path, content, flush);
        after?.Invoke();
        return published;
    }

    public override DiskEntry? Look(string path)
    {
        var found = base.Look(path);
        AfterLook?.Invoke(path, found is not null);
        return found;
    }

    public override bool FlushDirectory(string path) => FailFlush is { } failure ? throw failure : base.FlushDirectory(path);

    public override bool TryMove(string source, string target)
    {
        var after = AfterMove;
        AfterMove = null;
        var isMoved = base.TryMove(source, target);
        after?.Invoke();
        return isMoved;
    }

    public override void DeleteEmptyDirectory(string path)
    {
        Removes(path);
        base.DeleteEmptyDirectory(path);
    }

    public override void Delete(string path)
    {
        Removes(path);
        Deleted.Add(path);
        base.Delete(path);
    }

    private void Removes(string path)
    {
        if (--RemovalsLeft < 0) throw new LedgerStorageException(path, "the deleter was killed");
    }
}
