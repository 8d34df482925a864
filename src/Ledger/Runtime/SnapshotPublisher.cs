using System.Globalization;
using System.Text;
using Ledger.Log;
using Ledger.Model;
using Newtonsoft.Json;

namespace Ledger.Runtime;

/// <summary>When an operation's file was last written, and whether it is out of date.</summary>
internal sealed class SnapshotClock
{
    private volatile bool dirty = true;
    private volatile bool urgent = true;

    public long WrittenAtMs { get; set; } = long.MinValue / 2;

    public bool IsDirty => dirty;

    public bool IsUrgent => urgent;

    public void Note(Applied applied)
    {
        dirty = true;
        if (!applied.Outcome.Transitions.IsEmpty) urgent = true;
    }


    /// <summary>Before the state is taken: what changes while it is being written is not lost.</summary>
    public void Taking() => dirty = urgent = false;

    public void Failed() => dirty = true;
}

/// <summary>Publishes operations' files for people and other programs. Derived, and never read to decide anything: one live
/// participant does it, whoever comes first on the stack, else the initiator, else whoever is first on the ring; should two do it,
/// both write the truth.</summary>
internal sealed class SnapshotPublisher(ParticipantCore core)
{
    /// <summary>Files written in one tick because of changes, beyond those of an operation's state.</summary>
    private const int MostPerTick = 8;

    /// <summary>Files written in one tick for the heartbeats in them alone; many operations take turns.</summary>
    private const int MostRefreshed = 3;

    private int next;
    private long wroteAtMs = long.MinValue / 2;

    /// <summary>Whether it writes files of operations, as far as is known by now.</summary>
    public bool IsAtWork => core.Ledger.Clock.NowMs - wroteAtMs < 2 * core.Ledger.Manifest.HeartbeatIntervalMs;

    public void Publish(long nowMs)
    {
        var (changes, refreshes) = (MostPerTick, MostRefreshed);
        var intervalMs = core.Ledger.Manifest.HeartbeatIntervalMs;
        var all = core.Operations;
        var first = next;
        for (var i = 0; i < all.Count; i++)
        {
            var at = (first + i) % all.Count;
            var clock = all[at].Snapshot;
            var age = nowMs - clock.WrittenAtMs;
            var isChange = clock.IsDirty && age >= intervalMs / 4 && changes > 0;
            var isRefresh = !isChange && age >= intervalMs && refreshes > 0;
            if (!clock.IsUrgent && !isChange && !isRefresh) continue;
            if (all[at].Replica.IsArchived || !IsOurs(all[at].State) || (all[at].State.IsTerminal && !clock.IsDirty)) continue;
            if (!clock.IsUrgent && isChange) changes--;
            else if (isRefresh && --refreshes == 0) next = at + 1;
            Write(all[at], nowMs);
        }
    }

    /// <summary>The state's JSON, with everyone's latest heartbeat this process knows of.</summary>
    public static byte[] Render(OperationState state, Func<string, Life> life)
    {
        var text = new StringBuilder(2048);
        using (var w = new JsonTextWriter(new StringWriter(text, CultureInfo.InvariantCulture)) { Formatting = Formatting.Indented })
        {
            w.WriteStartObject();
            StateJson.Write(w, state, life);
            w.WriteEndObject();
        }
        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }

    private void Write(OperationRuntime operation, long nowMs)
    {
        var path = core.Ledger.Layout.Snapshot(operation.OperationId);
        operation.Snapshot.Taking();
        try
        {
            core.Ledger.Disk.Replace(path, Render(operation.State, LifeOf));
            // An archiver may have been between: what is published after it must go again.
            operation.Replica.CatchUp();
            if (operation.Replica.IsArchived) core.Ledger.Disk.Delete(path);
            operation.Snapshot.WrittenAtMs = wroteAtMs = nowMs;
        }
        catch (LedgerException e)
        {
            operation.Snapshot.Failed();
            operation.Snapshot.WrittenAtMs = nowMs;
            Messages.LeftoverStays(core.Ledger.Log, path, e.Message);
        }
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
