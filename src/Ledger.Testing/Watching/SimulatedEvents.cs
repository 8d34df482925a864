using Ledger.Platform;

namespace Ledger.Testing;

/// <summary>Changes of directories as a kernel tells them: to the callback, within the call that makes the change. What gets lost,
/// comes twice or overflows, <see cref="SimulatedFileSystem.WatchFault"/> says.</summary>
internal sealed class SimulatedEvents(SimulatedFileSystem files) : IDirectoryEvents
{
    public IDisposable? WatchDirectory(string path, Action<string?> onChange) =>
        files.IsPartitioned || !IsDirectory(path) ? null : new Watch(files, path, onChange);

    public void Gather(TimeSpan time)
    {
        // Everything is told at once.
    }

    private bool IsDirectory(string path)
    {
        var tree = files.Calls.Tree;
        lock (tree.Sync) return tree.TryFind(tree.Parsed(path)) is DirectoryNode;
    }

    private sealed class Watch : IDisposable
    {
        private readonly SimulatedFileSystem files;
        private readonly string path;
        private readonly Action<string?> onChange;
        private bool isOver;

        public Watch(SimulatedFileSystem files, string path, Action<string?> onChange)
        {
            (this.files, this.path, this.onChange) = (files, path, onChange);
            files.Calls.Tree.Changed += Tell;
        }

        public void Dispose()
        {
            if (isOver) return;
            isOver = true;
            files.Calls.Tree.Changed -= Tell;
        }

        private void Tell(TreeChange change)
        {
            if (isOver || files.IsPartitioned || files.IsCrashed) return;
            var isItself = change.OldPath == path || (change.Path == path && change.Kind == TreeChangeKind.Deleted);
            var isIn = change.Kind != TreeChangeKind.Deleted && files.Path.GetDirectoryName(change.Path) == path;
            if (!isItself && !isIn) return;
            var times = files.WatchFault?.Invoke(change.Path) ?? 1;
            if (times < 0) onChange(null);
            for (; times > 0; times--) onChange(isItself ? null : files.Path.GetFileName(change.Path));
        }
    }
}
