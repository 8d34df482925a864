using System.Collections.Concurrent;
using Ledger.Log;
using Ledger.Log.Segments;

namespace Ledger.Runtime.Groups;

/// <summary>Which groups' logs changed. As <see cref="LogWatch"/>: events are an accelerator, never the truth.</summary>
internal sealed class GroupWatch(LedgerContext ledger, Action<string?> onChange) : IDisposable
{
    private readonly ConcurrentDictionary<string, (string Segment, IDisposable? Watch)> folders = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private IDisposable? root;

    /// <summary>True when changes of others come as events.</summary>
    public bool HasEvents => root is not null && ledger.IsLocal;

    /// <summary>Watches the ledger's own directory, in which segments appear and append logs grow.</summary>
    public void Begin()
    {
        lock (gate)
        {
            root ??= ledger.Events?.WatchDirectory(ledger.Layout.Root, name =>
            {
                if (name is null) onChange(null);
                else if (SegmentName.OfLive(name) is { } segment) onChange(segment.GroupId);
            });
        }
    }

    /// <summary>On a chain every segment is a directory of its own.</summary>
    public void Follow(string groupId, string segment)
    {
        if (!ledger.LogsAreDirectories || ledger.Events is null) return;
        if (folders.TryGetValue(groupId, out var present) && present.Segment == segment) return;
        present.Watch?.Dispose();
        folders[groupId] = (segment, ledger.Events.WatchDirectory(ledger.Layout.ChainSegment(segment), name =>
        {
            if (ChainNames.MayBeEntry(name)) onChange(groupId);
        }));
    }

    public void Unfollow(string groupId)
    {
        if (folders.TryRemove(groupId, out var present)) present.Watch?.Dispose();
    }

    public void Dispose()
    {
        lock (gate) root?.Dispose();
        foreach (var id in folders.Keys) Unfollow(id);
    }
}
