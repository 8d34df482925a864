using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Runtime;

/// <summary>An operation's file: when it was last written, whether it is out of date, and what this participant wrote.</summary>
internal sealed class SnapshotFile : IDisposable
{
    private readonly Lock gate = new();
    private volatile bool dirty = true;
    private volatile bool urgent = true;
    private SnapshotText? text;
    private volatile IRecordFile? file;
    private bool disposed;

    public long WrittenAtMs { get; set; } = long.MinValue / 2;

    public bool IsDirty => dirty;

    public bool IsUrgent => urgent;

    /// <summary>True while it is held open, to be rewritten in place.</summary>
    public bool IsKept => file is not null;

    public void Note(Applied applied)
    {
        dirty = true;
        if (!applied.Outcome.Transitions.IsEmpty) urgent = true;
    }

    /// <summary>Before the state is taken: what changes while it is being written is not lost.</summary>
    public void Taking() => dirty = urgent = false;

    public void Failed() => dirty = true;

    /// <summary>Writes newer heartbeats into the file that is held. False when none is, or more than heartbeats would have to
    /// change, or another file has taken its place: nothing was written then, and none is held any more.</summary>
    public bool TryRefresh(OperationState state, Func<string, Life> life)
    {
        lock (gate)
        {
            if (file is not null && text!.TryRefresh(state, life) && file.TryWrite(text.Bytes)) return true;
            Release();
            return false;
        }
    }

    /// <summary>Holds what was just published, unless it was disposed of meanwhile.</summary>
    public void Keep(SnapshotText published, IRecordFile? opened)
    {
        lock (gate)
        {
            Release();
            if (disposed) opened?.Dispose();
            else (text, file) = (published, opened);
        }
    }

    public void Release()
    {
        if (file is null) return;
        lock (gate)
        {
            file?.Dispose();
            (text, file) = (null, null);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            Release();
        }
    }
}

/// <summary>Publishes operations' files for people and other programs. Derived, and never read to decide anything: one live
/// participant does it, whoever comes first on the stack, else the initiator, else whoever is first on the ring; should two do it,
/// both write the truth.</summary>
internal sealed class SnapshotPublisher(ParticipantCore core)
{
    /// <summary>Files written in one tick because of changes, beyond those of an operation's state.</summary>
    private const int MostPerTick = 8;

    /// <summary>What one tick spends on the heartbeats in files alone: a rewriting in place costs one, replacing a file as much as
    /// <see cref="Replacing"/>. Many operations take turns.</summary>
    private const int RefreshBudget = 16;

    private const int Replacing = 5;

    /// <summary>Files are held open, to be rewritten in place, while there are no more operations than this.</summary>
    private const int MostKept = 1024;

    private int next;
    private long wroteAtMs = long.MinValue / 2;

    /// <summary>Whether it writes files of operations, as far as is known by now.</summary>
    public bool IsAtWork => core.Ledger.Clock.NowMs - wroteAtMs < 2 * core.Ledger.Manifest.HeartbeatIntervalMs;

    /// <summary>Whether its file does not tell what happened, and is this participant's.</summary>
    public bool MustWrite(OperationRuntime operation) =>
        operation.Snapshot.IsDirty && !operation.Replica.IsArchived && IsOurs(operation.State);

    /// <summary>Writes files of operations that changed and, when due, what newer heartbeats there are.</summary>
    public void Publish(IEnumerable<OperationRuntime> changed, long nowMs, bool isDue)
    {
        var left = MostPerTick;
        foreach (var operation in changed)
        {
            var file = operation.Snapshot;
            var isTime = file.IsUrgent || (left > 0 && nowMs - file.WrittenAtMs >= core.Ledger.Manifest.HeartbeatIntervalMs / 4);
            if (!isTime || !MustWrite(operation)) continue;
            if (!file.IsUrgent) left--;
            Write(operation, nowMs);
        }
        if (isDue) Refresh(nowMs);
    }

    private void Refresh(long nowMs)
    {
        var all = core.Operations;
        var (first, left) = (next, RefreshBudget);
        // Ticks are not that exact.
        var pauseMs = core.Ledger.Manifest.HeartbeatIntervalMs * 3 / 4;
        for (var i = 0; i < all.Count && left > 0; i++)
        {
            var at = (first + i) % all.Count;
            var (operation, file) = (all[at], all[at].Snapshot);
            if (nowMs - file.WrittenAtMs < pauseMs) continue;
            if (operation.Replica.IsArchived || operation.State.IsTerminal || !IsOurs(operation.State))
            {
                file.Release();
                continue;
            }
            left -= file.IsKept ? 1 : Replacing;
            next = at + 1;
            Write(operation, nowMs);
        }
    }

    private void Write(OperationRuntime operation, long nowMs)
    {
        var file = operation.Snapshot;
        file.Taking();
        try
        {
            if (!file.TryRefresh(operation.State, LifeOf)) Replace(operation);
            wroteAtMs = nowMs;
        }
        catch (LedgerException e)
        {
            file.Failed();
            Messages.LeftoverStays(core.Ledger.Log, core.Ledger.Layout.Snapshot(operation.OperationId), e.Message);
        }
        file.WrittenAtMs = nowMs;
    }

    private void Replace(OperationRuntime operation)
    {
        var (disk, path) = (core.Ledger.Disk, core.Ledger.Layout.Snapshot(operation.OperationId));
        var text = new SnapshotText(operation.State, LifeOf);
        disk.Replace(path, text.Bytes);
        // An archiver may have been between: what is published after it must go again.
        operation.Replica.CatchUp();
        if (operation.Replica.IsArchived) disk.Delete(path);
        else if (core.Operations.Count <= MostKept) operation.Snapshot.Keep(text, disk.TryKeep(path, text.Bytes.Length));
    }

    private Life LifeOf(string incarnation) => new(
        incarnation == core.Incarnation ? core.Ledger.Clock.UtcText : core.Observer.LastBeat(incarnation));

    private bool IsOurs(OperationState state)
    {
        if (!state.Joined.Contains(core.Incarnation)) return false;
        foreach (var (_, frame) in state.Stack)
        {
            if (frame.Status == FrameStatus.Active && !IsDead(frame.Incarnation)) return frame.Incarnation == core.Incarnation;
        }
        if (state.Joined.Contains(state.Initiator) && !IsDead(state.Initiator)) return state.Initiator == core.Incarnation;
        return state.Joined.First(i => !IsDead(i)) == core.Incarnation;
    }

    private bool IsDead(string incarnation) =>
        incarnation != core.Incarnation && core.Observer.Verdicts.GetValueOrDefault(incarnation)?.Grade == Grade.Dead;
}
