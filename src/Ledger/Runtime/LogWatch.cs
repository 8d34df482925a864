using System.Collections.Concurrent;
using Ledger.Log;
using Ledger.Platform;

namespace Ledger.Runtime;

/// <summary>Which logs changed. The system's change events are an accelerator, never the truth: beneath them every log is
/// read again at every tick, or in turn where there are many.</summary>
internal sealed class LogWatch(LedgerContext ledger, ParticipantCore core) : IDisposable
{
    /// <summary>Logs without an event that are read in one tick.</summary>
    private const int MostPerTick = 32;

    private const string AppendSuffix = ".log.jsonl";

    private readonly ConcurrentDictionary<string, bool> dirty = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IDisposable?> folders = new(StringComparer.Ordinal);
    private IDisposable? all;
    private int next;
    private int strange = 1;

    /// <summary>True when changes of others come as events.</summary>
    public bool HasEvents => all is not null && ledger.IsLocal;

    /// <summary>True when every entry comes as an event, also of operations that are not followed: a chain's raise none
    /// outside it.</summary>
    public bool HasEntryEvents => HasEvents && !ledger.LogsAreDirectories;

    /// <summary>True when something about operations that are not followed may have changed since this was asked last; also
    /// where that comes as no event.</summary>
    public bool TakeStrange() => Interlocked.Exchange(ref strange, 0) != 0 || !HasEvents;

    public void Begin() => all = ledger.Events?.WatchDirectory(ledger.Layout.Operations, OnChange);

    public void Follow(string operationId)
    {
        Mark(operationId);
        if (!ledger.LogsAreDirectories || ledger.Events is null) return;
        folders[operationId] = ledger.Events.WatchDirectory(
            ledger.Layout.ChainLog(operationId), name =>
            {
                if (ChainNames.MayBeEntry(name)) Touch(operationId);
            });
    }

    public void Unfollow(string operationId)
    {
        if (folders.TryRemove(operationId, out var watch)) watch?.Dispose();
        dirty.TryRemove(operationId, out _);
        Volatile.Write(ref strange, 1);
    }

    /// <summary>The operations to read now.</summary>
    public IEnumerable<OperationRuntime> Take(bool all)
    {
        foreach (var (id, _) in dirty)
        {
            if (dirty.TryRemove(id, out var _) && core.Find(id) is { } operation) yield return operation;
        }
        if (!all && HasEvents) yield break;
        var every = core.Operations;
        var most = HasEvents ? Math.Min(MostPerTick, every.Count) : every.Count;
        for (var i = 0; i < most; i++) yield return every[next++ % every.Count];
    }

    /// <summary>Its change is still to be read, at a later tick.</summary>
    public void Postpone(string operationId)
    {
        if (core.Find(operationId) is not null) dirty[operationId] = true;
    }

    public void Dispose()
    {
        all?.Dispose();
        foreach (var id in folders.Keys) Unfollow(id);
    }

    private void OnChange(string? name)
    {
        if (name is null)
        {
            // Events were lost: everything may have changed.
            foreach (var operation in core.Operations) dirty[operation.OperationId] = true;
            Volatile.Write(ref strange, 1);
            core.Supervisors.LookEverywhere();
            core.Wake();
        }
        else if (DiskNames.IsTemporary(name)) return;
        else if (name.EndsWith(AppendSuffix, StringComparison.Ordinal)) Touch(name[..^AppendSuffix.Length]);
        else if (name.EndsWith(".log", StringComparison.Ordinal)) Touch(name[..^4]);
        else if (!name.EndsWith(".json", StringComparison.Ordinal) || core.Find(name[..^5]) is null) Volatile.Write(ref strange, 1);
    }

    private void Touch(string operationId)
    {
        if (core.Find(operationId) is not { } operation)
        {
            Volatile.Write(ref strange, 1);
            core.Supervisors.LookAt(operationId);
            return;
        }
        Mark(operationId);
        if (operation.Replica.BurstLeftMs is > 0 and var leftMs) ledger.Events?.Gather(TimeSpan.FromMilliseconds(leftMs));
    }

    /// <summary>To be read. Who is in it already has the tick woken, or coming back to it by itself.</summary>
    private void Mark(string operationId)
    {
        if (dirty.TryAdd(operationId, true)) core.Wake();
    }
}
