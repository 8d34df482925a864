using Ledger.Platform;
using Ledger.Tests.Platform;

namespace Ledger.Tests.Log;

/// <summary>A disk that lets others act right before or right behind one publication.</summary>
internal sealed class InterruptedDisk(IDisk disk) : PassingDisk(disk)
{
    public Action? BeforePublish { get; set; }

    public Action? AfterPublish { get; set; }

    public override bool TryPublish(string path, ReadOnlySpan<byte> content, bool flush)
    {
        var (before, after) = (BeforePublish, AfterPublish);
        (BeforePublish, AfterPublish) = (null, null);
        before?.Invoke();
        var published = base.TryPublish(path, content, flush);
        after?.Invoke();
        return published;
    }
}
