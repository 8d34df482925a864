using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;
using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>What one participant does for all: archives what is over, looks after operations nobody is left of, sweeps
/// what dead processes left in the ledger. One bounded step per tick.</summary>
internal sealed class Housekeeper(ParticipantCore core)
{
    private const string SnapshotSuffix = ".json";

    /// <summary>As for threads: what hangs in file I/O cannot be interrupted.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);

    /// <summary>Of how many members of an operation each does as much as one that is alone. Where there are more they take
    /// turns: what all do together does not grow with them.</summary>
    private const int AtOnce = 8;

    /// <summary>Events are an accelerator: after so many times the operations are listed whatever they say.</summary>
    private const int LongestUnlisted = 12;

    private readonly Queue<string> toVisit = new();
    private readonly Pulse done = new(core.IsStepped);
    private volatile OperationRuntime? visited;
    private long visitEndsMs;
    private long lastVisitMs = long.MinValue / 2;
    private bool areStrange = true;
    private int unlisted;
    private int underWay;
    private int busy;

    public RecordRounds Records { get; } = new(core);

    /// <summary>Members to look at for the visit under way.</summary>
    public IEnumerable<Member> Visited() =>
        visited?.State is { } s ? s.Joined.Take(Rules.Watching.Most).Where(i => i != core.Incarnation).Select(i => s.Members[i]) : [];

    /// <summary>The next bounded piece; file work runs apart from the tick.</summary>
    public void Step(long nowMs)
    {
        if (visited is { } guest)
        {
            var alive = Visited().Any(m => core.Observer.SawBeat(m.Incarnation)
                && core.Observer.Verdicts.GetValueOrDefault(m.Incarnation)?.Grade == Grade.Alive);
            if (nowMs < Volatile.Read(ref visitEndsMs) && !guest.Replica.IsArchived && !alive) return;
            visited = null;
            // What nobody is left of is kept until it is archived: its supervisors' grace may be longer than a visit.
            if (!guest.State.Joined.IsEmpty || guest.Replica.IsArchived)
            {
                guest.Holds.GiveBack(Hold.Visit);
                core.RemoveIfUnheld(guest);
            }
        }
        var periodMs = core.Ledger.Manifest.StalenessThresholdMs * Math.Max(1, core.Company / AtOnce);
        if (nowMs - lastVisitMs < periodMs || Interlocked.Exchange(ref busy, 1) != 0) return;
        lastVisitMs = nowMs;
        Interlocked.Increment(ref underWay);
        core.Run(() =>
        {
            try
            {
                VisitNext(nowMs);
            }
            catch (LedgerException e)
            {
                Messages.TriedAgain(core.Ledger.Log, "-", "looking after others' operations", e.Message);
            }
            finally
            {
                Volatile.Write(ref busy, 0);
                Finish();
            }
            return Task.CompletedTask;
        });
    }

    /// <summary>Begins to move a finished operation to the backup and to write its last state there. Harmless when done
    /// twice.</summary>
    public void BeginArchiving(OperationRuntime operation)
    {
        Interlocked.Increment(ref underWay);
        if (!operation.Start("archive", Work)) Finish();

        Task Work()
        {
            try
            {
                if (!operation.Replica.IsArchived) Archive(core.Ledger, operation.State);
                operation.Replica.CatchUp();
                core.Supervisors.Release(operation);
                core.RemoveIfUnheld(operation);
                return Task.CompletedTask;
            }
            finally
            {
                Finish();
            }
        }
    }

    /// <summary>Completes when what was begun is done; it is for the end, so that a participant that has stopped touches no
    /// file any more. At the latest after two seconds. On a stepped clock at once: there it is done in its turn.</summary>
    public async Task FinishAsync()
    {
        if (core.IsStepped) return;
        using var bound = new CancellationTokenSource(LongestEnd, core.Ledger.Clock.Provider);
        try
        {
            while (true)
            {
                var next = done.Next;
                if (Volatile.Read(ref underWay) == 0) return;
                await next.WaitAsync(bound.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // It hangs, and does no harm when it goes on.
        }
    }

    private void Finish()
    {
        Interlocked.Decrement(ref underWay);
        done.Fire();
    }

    /// <summary>Archives by state. Returns the name in the backup, or null when another did it.</summary>
    public static string? Archive(LedgerContext ledger, OperationState state)
    {
        var name = ledger.Logs.TryArchive(state.OperationId, state.Nonce, log => NonceOf(ledger, log) == state.Nonce);
        if (name is null) return null;
        ledger.Disk.Replace(
            ledger.Layout.ArchivedSnapshot(name), SnapshotText.Render(state, _ => new Life(null)),
            ledger.Manifest.FlushBeforeAcknowledging);
        ledger.Disk.Delete(ledger.Layout.Snapshot(state.OperationId));
        Resources.RemoveOperationTemp(ledger, state.OperationId);
        Messages.Archived(ledger.Log, state.OperationId, name);
        ledger.Retention.AfterArchiving(ledger, state.Nonce);
        return name;
    }

    /// <summary>Finishes what an archiver that died behind the commit point left: the operation's file among the live
    /// ones.</summary>
    public static void SweepSnapshots(LedgerContext ledger)
    {
        // Listed before the logs: a log is always there before its file.
        var names = (ledger.Disk.List(ledger.Layout.Operations) ?? [])
            .Where(n => n.EndsWith(SnapshotSuffix, StringComparison.Ordinal)).Select(n => n[..^SnapshotSuffix.Length]).ToList();
        if (names.Count == 0) return;
        var live = ledger.Logs.ListLive().ToHashSet(StringComparer.Ordinal);
        foreach (var id in names.Where(n => !live.Contains(n)))
        {
            foreach (var name in ledger.Logs.ListArchived().Where(n => LedgerLayout.OperationIdOf(n) == id))
            {
                if (ledger.Disk.Look(ledger.Layout.ArchivedSnapshot(name)) is not null) continue;
                if (ledger.Logs.TryOpenArchived(name) is not { } log) continue;
                using var reader = ledger.ReaderOf(log);
                ledger.Disk.Replace(ledger.Layout.ArchivedSnapshot(name),
                    SnapshotText.Render(reader.ReadToEnd(), _ => new Life(null)),
                    ledger.Manifest.FlushBeforeAcknowledging);
            }
            ledger.Disk.Delete(ledger.Layout.Snapshot(id));
            Resources.RemoveOperationTemp(ledger, id);
        }
    }

    internal static string? NonceOf(LedgerContext ledger, IOperationLog log)
    {
        var reader = ledger.ReaderOf(log);
        reader.Read();
        return reader.State?.Nonce;
    }

    /// <summary>Without a change, and with nobody's operations but those that are followed, a list would be the same.</summary>
    private bool MustList()
    {
        if (!core.Watch.TakeStrange() && !areStrange && ++unlisted < LongestUnlisted) return false;
        (areStrange, unlisted) = (false, 0);
        return true;
    }

    /// <summary>Opens the next operation in rotation that this process does not read, for as long as judging takes.</summary>
    private void VisitNext(long nowMs)
    {
        if (toVisit.Count == 0 && MustList())
        {
            foreach (var id in core.Ledger.Logs.ListLive()) toVisit.Enqueue(id);
            SweepSnapshots(core.Ledger);
        }
        Records.Step();
        while (toVisit.TryDequeue(out var id))
        {
            if (core.Find(id) is not null) continue;
            areStrange = true;
            if (core.Ledger.Logs.TryOpen(id) is not { } log) continue;
            if (log.IsArchived)
            {
                log.Dispose(); // since it was listed; the visit would be wasted
                continue;
            }
            Volatile.Write(ref visitEndsMs, nowMs + core.Ledger.Manifest.StalenessThresholdMs
                + (4 * core.Ledger.Manifest.HeartbeatIntervalMs));
            visited = Openings.Follow(core, log, Hold.Visit);
            core.Wake();
            return;
        }
    }
}
