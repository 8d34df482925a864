namespace Ledger.Platform;

/// <summary>Tells at once when directories change: the system's word, or a simulation's. An accelerator: events may come late, twice,
/// or not at all.</summary>
internal interface IDirectoryEvents
{
    /// <summary>Calls with the name of each file in a directory that was created, written or moved in. Names of one batch
    /// are told once; null means that anything may have changed, or that the directory itself is gone or moved, after
    /// which a new watch is needed. Null when it cannot be watched. Callbacks must be cheap and call nothing that waits.</summary>
    IDisposable? WatchDirectory(string path, Action<string?> onChange);

    /// <summary>Called by a callback: lets what changes next gather for this long, once, because the caller learns of it by itself.
    /// Whoever else watches in this process is told later, too.</summary>
    void Gather(TimeSpan time);
}
