using System.Collections.ObjectModel;
using System.ComponentModel;
using System.IO.Abstractions;
using System.IO.Enumeration;

namespace Ledger.Testing;

/// <summary>Raises its events on the thread that makes the change, before that thread's call returns. Nothing is lost,
/// joined or late.</summary>
internal sealed class SimulatedWatcher(SimulatedFileSystem fileSystem) : FileSystemWatcherBase
{
    private const NotifyFilters ContentFilters = NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.Attributes
        | NotifyFilters.LastAccess | NotifyFilters.CreationTime | NotifyFilters.Security;

    private string path = "";
    private volatile bool isEnabled;

    public override bool IncludeSubdirectories { get; set; }

    public override bool EnableRaisingEvents
    {
        get => isEnabled;
        set
        {
            if (value == isEnabled)
                return;
            if (value)
                fileSystem.Calls.Tree.Changed += OnTreeChanged;
            else
                fileSystem.Calls.Tree.Changed -= OnTreeChanged;
            isEnabled = value;
        }
    }

    public override string Filter
    {
        get => Filters.Count == 0 ? "*" : Filters[0];
        set
        {
            Filters.Clear();
            Filters.Add(value);
        }
    }

    public override Collection<string> Filters { get; } = [];

    public override int InternalBufferSize { get; set; } = 8192;

    public override NotifyFilters NotifyFilter { get; set; } =
        NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite;

    public override string Path
    {
        get => path;
        set
        {
            if (!fileSystem.Directory.Exists(value))
                throw new ArgumentException($"The directory name '{value}' does not exist.", nameof(value));
            path = value;
        }
    }

    public override ISite Site { get; set; } = null!;

    public override ISynchronizeInvoke SynchronizingObject
    {
        get => null!;
        set => throw FileErrors.Unsupported("synchronizing object for watchers: events are synchronous");
    }

    public override void BeginInit()
    {
        // Only designers of forms need the two; the real watcher merely waits with its start.
    }

    public override void EndInit()
    {
        // As above.
    }

    public override WaitForChangedResult WaitForChanged(WatcherChangeTypes changeType) =>
        throw FileErrors.Unsupported("blocking wait for changes: subscribe to the events");

    public override WaitForChangedResult WaitForChanged(WatcherChangeTypes changeType, int timeout) =>
        WaitForChanged(changeType);

    public override void Dispose(bool disposing)
    {
        EnableRaisingEvents = false;
        base.Dispose(disposing);
    }

    private void OnTreeChanged(TreeChange change)
    {
        if (!isEnabled || path.Length == 0 || fileSystem.IsPartitioned || fileSystem.IsCrashed)
            return;
        if (!fileSystem.WatchesOtherClients && change.By != fileSystem.Calls.Client)
            return;
        if (!NotifyFilter.HasFlag(change.IsDirectory ? NotifyFilters.DirectoryName : NotifyFilters.FileName)
            && change.Kind != TreeChangeKind.Changed)
            return;
        var times = fileSystem.WatchFault?.Invoke(change.Path) ?? 1;
        if (times < 0)
            OnError(this, new ErrorEventArgs(new InternalBufferOverflowException("Too many changes at once.")));
        for (; times > 0; times--)
            Raise(change);
    }

    private void Raise(TreeChange change)
    {
        var name = NameOf(change.Path);
        switch (change.Kind)
        {
            case TreeChangeKind.Created when Matches(name):
                OnCreated(this, new FileSystemEventArgs(WatcherChangeTypes.Created, path, name));
                break;
            case TreeChangeKind.Changed when Matches(name) && (NotifyFilter & ContentFilters) != 0:
                OnChanged(this, new FileSystemEventArgs(WatcherChangeTypes.Changed, path, name));
                break;
            case TreeChangeKind.Deleted when Matches(name):
                OnDeleted(this, new FileSystemEventArgs(WatcherChangeTypes.Deleted, path, name));
                break;
            case TreeChangeKind.Renamed:
                OnTreeRenamed(NameOf(change.OldPath!), name);
                break;
        }
    }

    /// <summary>A move into or out of what is watched looks like a creation or deletion.</summary>
    private void OnTreeRenamed(string? oldName, string? name)
    {
        if (oldName is not null && name is not null && (Matches(oldName) || Matches(name)))
            OnRenamed(this, new RenamedEventArgs(WatcherChangeTypes.Renamed, path, name, oldName));
        else if (oldName is null && Matches(name))
            OnCreated(this, new FileSystemEventArgs(WatcherChangeTypes.Created, path, name));
        else if (name is null && Matches(oldName))
            OnDeleted(this, new FileSystemEventArgs(WatcherChangeTypes.Deleted, path, oldName));
    }

    /// <summary>The path relative to what is watched, or null when it is not in there.</summary>
    private string? NameOf(string changed)
    {
        var watched = fileSystem.Parse(path);
        var prefix = watched.IsRoot ? "/" : watched.Trimmed + "/";
        if (!changed.StartsWith(prefix, StringComparison.Ordinal) || changed.Length == prefix.Length)
            return null;
        var name = changed[prefix.Length..];
        return IncludeSubdirectories || !name.Contains('/', StringComparison.Ordinal) ? name : null;
    }

    private bool Matches(string? name)
    {
        if (name is null)
            return false;
        var last = System.IO.Path.GetFileName(name);
        return Filters.Count == 0 || Filters.Any(filter => IsMatch(filter, last));
    }

    private static bool IsMatch(string filter, string name) =>
        filter is "" or "*" or "*.*" || FileSystemName.MatchesSimpleExpression(filter, name, ignoreCase: false);
}
