using System.Collections.Concurrent;
using System.Collections.Frozen;
using Ledger.Log;
using Ledger.Model;
using Ledger.Rules;
using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>The supervisors of this process: finds the operations whose frames name them, joins those, and hands each
/// entry that concerns them to a desk.</summary>
internal sealed class SupervisorHost(ParticipantCore core) : IDisposable
{
    /// <summary>Operations without a call for us that are kept open for reading on; beyond it they are read anew.</summary>
    private const int MostOpen = 256;

    /// <summary>Operations looked at in one piece of a round over all.</summary>
    private const int MostAtOnce = 64;

    /// <summary>Finished operations of which it is known that their crashes were told.</summary>
    private const int MostToldLate = 10_000;

    /// <summary>Looks at what has come into the archive since the last one.</summary>
    private static readonly TimeSpan ArchiveRound = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (ISupervisor Handler, SupervisorOptions Options)> registered =
        new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Operation, string Supervisor), SupervisorDesk> desks = new();
    private readonly ConcurrentDictionary<(string Operation, string Supervisor), bool> predecessors = new();
    private readonly ConcurrentDictionary<(string Operation, string Supervisor), bool> superseded = new();
    private readonly ConcurrentDictionary<string, bool> toLookAt = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<OperationRuntime, bool> held = new();
    private readonly Queue<string> round = new();
    private readonly HashSet<string> seenArchived = new(StringComparer.Ordinal); // as long as they are listed
    private readonly ConcurrentDictionary<(string Nonce, string Supervisor), bool> toldLate = new();
    private int lookAgain;
    private long nextRoundMs;
    private long nextArchiveMs;
    private readonly Dictionary<string, FoldReader> watched = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim scanning = new(1);

    /// <summary>The ids this process supervises.</summary>
    public FrozenSet<string> Ids { get; private set; } = FrozenSet<string>.Empty;

    /// <summary>Asked at every entry and change: to ask the table takes all its locks when it is empty.</summary>
    private bool IsIdle => Ids.Count == 0;

    public Task RegisterAsync(string supervisorId, ISupervisor handler, SupervisorOptions options)
    {
        if (!registered.TryAdd(supervisorId, (handler, options)))
            throw new InvalidOperationException($"Supervisor '{supervisorId}' is registered in this participant already.");
        Ids = registered.Keys.ToFrozenSet(StringComparer.Ordinal);
        try
        {
            // Listed here, so that whoever registers learns that it cannot be done. What is archived in between is in both.
            var live = core.Ledger.Logs.ListLive();
            IReadOnlyList<string> archived = [.. core.Ledger.Logs.ListArchived()];
            Volatile.Write(ref nextArchiveMs, core.Ledger.Clock.NowMs + core.Ledger.Manifest.StalenessThresholdMs);
            return ScanAsync(() => live, () => archived);
        }
        catch (LedgerException)
        {
            Unregister(supervisorId);
            throw;
        }
    }

    public void Unregister(string supervisorId)
    {
        registered.TryRemove(supervisorId, out _);
        Ids = registered.Keys.ToFrozenSet(StringComparer.Ordinal);
        // Another handler was not told.
        foreach (var told in toldLate.Keys.Where(k => k.Supervisor == supervisorId)) toldLate.TryRemove(told, out _);
    }

    /// <summary>Whether a supervisor of this process takes part in an operation.</summary>
    public bool IsEnrolled(OperationRuntime operation) => held.ContainsKey(operation);

    /// <summary>A finished operation is archived, or was left: no supervisor needs it any more.</summary>
    public void Release(OperationRuntime operation)
    {
        if (held.TryRemove(operation, out _)) operation.Holds.GiveBack(Hold.Supervision);
    }

    /// <summary>An operation this process does not read has changed.</summary>
    public void LookAt(string operationId)
    {
        if (IsIdle || !toLookAt.TryAdd(operationId, true)) return;
        core.Run(() => ScanAsync(() => [operationId]));
    }

    /// <summary>Change events are an accelerator, never the truth, and a chain's entries raise none here: beneath them all
    /// live operations are looked at in turn, a bounded number at a time. The archive is too, seldom: an operation may end and go
    /// there between two looks, and on a shared drive lists are old for a while.</summary>
    public void Step(long nowMs, bool hasEvents)
    {
        if (IsIdle) return;
        var m = core.Ledger.Manifest;
        if (nowMs >= nextRoundMs)
        {
            nextRoundMs = nowMs + (hasEvents ? m.StalenessThresholdMs : m.HeartbeatIntervalMs / 2);
            core.Run(() => ScanAsync(NextOfRound));
        }
        if (nowMs < Volatile.Read(ref nextArchiveMs)) return;
        Volatile.Write(ref nextArchiveMs, nowMs + (long)ArchiveRound.TotalMilliseconds);
        core.Run(() => ScanAsync(static () => [], NewInArchive));
    }

    /// <summary>The operation is not read any more.</summary>
    public void Forget(string operationId)
    {
        foreach (var key in desks.Keys.Where(k => k.Operation == operationId)) desks.TryRemove(key, out _);
        foreach (var key in predecessors.Keys.Where(k => k.Operation == operationId)) predecessors.TryRemove(key, out _);
        foreach (var key in superseded.Keys.Where(k => k.Operation == operationId)) superseded.TryRemove(key, out _);
    }

    public void LookEverywhere()
    {
        if (!IsIdle) core.Run(() => ScanAsync(core.Ledger.Logs.ListLive));
    }

    /// <summary>Sees each entry of the operations this process reads, in order; must be cheap.</summary>
    public void Note(OperationRuntime operation, Applied applied)
    {
        if (!applied.Outcome.Accepted) return;
        if (applied.Entry.Data is SupervisorRegistered r) NoteRegistration(operation, applied, r);
        if (IsIdle) return;
        if (applied.Entry.Data is CallStarted { SupervisorId: { } named })
        {
            if (Desk(operation, named) is { } desk) desk.Started(applied.State.Stack[applied.Outcome.Position]);
            else if (registered.ContainsKey(named)) core.Run(() => ScanAsync(() => [operation.OperationId]));
        }
        foreach (var f in applied.Outcome.Removed.Where(f => f is { SupervisorId: not null, Status: FrameStatus.Active }))
            Desk(operation, f.SupervisorId!)?.Ended(f);
        foreach (var f in applied.Outcome.Crashed.Where(f => f.SupervisorId is not null))
        {
            if (applied.State.Unconfirmed.TryGetValue(f.Position, out var notice))
                Desk(operation, f.SupervisorId!)?.Crashed(notice);
        }
    }

    /// <summary>The rules ask for a crash to be told; a second way to the same desk, for what failed on the first. In an
    /// operation that is over nobody registers any more: there a desk opens for that alone.</summary>
    public void Tell(OperationRuntime operation, NotifySupervisor step)
    {
        var id = step.Notice.SupervisorId;
        var desk = Desk(operation, id);
        if (desk is null && operation.State.IsTerminal && registered.TryGetValue(id, out var present) && MayTellLate(operation.State, id))
            desk = desks.GetOrAdd((operation.OperationId, id), _ => LateDesk(operation, id, present.Handler, present.Options));
        desk?.Crashed(step.Notice);
    }

    public void Dispose()
    {
        // A scan that is under way still needs what it has; it ends by itself.
        if (!scanning.Wait(TimeSpan.Zero)) return;
        foreach (var reader in watched.Values) reader.Dispose();
        watched.Clear();
    }

    private SupervisorDesk? Desk(OperationRuntime operation, string supervisorId) =>
        desks.GetValueOrDefault((operation.OperationId, supervisorId));

    private void NoteRegistration(OperationRuntime operation, Applied applied, SupervisorRegistered r)
    {
        var key = (operation.OperationId, r.SupervisorId);
        var isOurs = applied.Entry.Incarnation == core.Incarnation;
        var hadPredecessor = !predecessors.TryAdd(key, true);
        if (!isOurs)
        {
            if (!desks.TryRemove(key, out var lost)) return;
            superseded[key] = true;
            Messages.Superseded(core.Ledger.Log, r.SupervisorId, operation.OperationId, applied.Entry.ParticipantId);
            lost.Replaced(applied.Entry.ParticipantId);
            return;
        }
        if (!registered.TryGetValue(r.SupervisorId, out var present)) return;
        superseded.TryRemove(key, out _);
        var desk = new SupervisorDesk(operation, r.SupervisorId, present.Handler, present.Options,
            hadPredecessor ? applied.Outcome.Position : 0);
        desks[key] = desk;
        foreach (var f in applied.State.Stack.Values.Where(f => f.SupervisorId == r.SupervisorId && f.Status == FrameStatus.Active))
            desk.Started(f);
        foreach (var notice in applied.State.Unconfirmed.Values.Where(n => n.SupervisorId == r.SupervisorId))
            desk.Crashed(notice);
    }

    private List<string> NextOfRound()
    {
        if (round.Count == 0)
        {
            foreach (var id in core.Ledger.Logs.ListLive()) round.Enqueue(id);
        }
        var next = new List<string>();
        while (next.Count < MostAtOnce && round.TryDequeue(out var id)) next.Add(id);
        return next;
    }

    private List<string> NewInArchive()
    {
        List<string> all = [.. core.Ledger.Logs.ListArchived()];
        seenArchived.IntersectWith(Interlocked.Exchange(ref lookAgain, 0) == 0 ? all : []);
        return all.FindAll(name => !seenArchived.Contains(name));
    }

    private async Task ScanAsync(Func<IReadOnlyList<string>> live, Func<IReadOnlyList<string>>? archived = null)
    {
        await scanning.WaitAsync().ConfigureAwait(false);
        try
        {
            IReadOnlyList<string> ids = [];
            Guarded("-", () => ids = live());
            foreach (var id in ids)
            {
                toLookAt.TryRemove(id, out _);
                Guarded(id, () => LookAtOne(id));
            }
            IReadOnlyList<string> names = [];
            if (archived is not null) Guarded("-", () => names = archived());
            foreach (var name in names) Guarded(name, () => LookAtArchived(name));
        }
        finally
        {
            scanning.Release();
        }
    }

    private void Guarded(string operationId, Action look)
    {
        try
        {
            look();
        }
        catch (LedgerException e)
        {
            Messages.TriedAgain(core.Ledger.Log, operationId, "looking for supervised calls", e.Message);
        }
    }

    private void LookAtOne(string id)
    {
        if (core.TryHold(id, Hold.Supervision) is { } present)
        {
            Enroll(present);
            return;
        }
        if (!watched.TryGetValue(id, out var reader))
        {
            if (core.Ledger.Logs.TryOpen(id) is not { } log) return;
            if (watched.Count >= MostOpen) ForgetOne();
            watched[id] = reader = core.Ledger.ReaderOf(log);
        }
        if (reader.Read() == LogReadStatus.Gone)
        {
            watched.Remove(id);
            reader.Dispose();
            return;
        }
        if (reader.State is not { } state) return;
        if (state.IsTerminal)
        {
            watched.Remove(id);
            TellLate(reader);
        }
        else if (CanEnroll(state) && Names(state).Any(registered.ContainsKey))
        {
            watched.Remove(id);
            reader.Dispose();
            if (core.Ledger.Logs.TryOpen(id) is { } log) Enroll(Openings.Follow(core, log, Hold.Supervision));
        }
    }

    private void LookAtArchived(string name)
    {
        if (core.Ledger.Logs.TryOpenArchived(name) is not { } log) return;
        var reader = core.Ledger.ReaderOf(log);
        reader.Read();
        if (TellLate(reader)) seenArchived.Add(name);
    }

    /// <summary>Who left or was declared crashed cannot come back under the same incarnation.</summary>
    private bool CanEnroll(OperationState s) => !s.IsTerminal
        && s.Members.GetValueOrDefault(core.Incarnation) is null or { Status: MemberStatus.Joined };

    /// <summary>Of two live participants with one id the later acts; the earlier one comes back only after its
    /// death.</summary>
    private bool MayRegister(OperationState s, string id) =>
        !desks.ContainsKey((s.OperationId, id))
        && (!superseded.ContainsKey((s.OperationId, id)) || s.Supervisors.GetValueOrDefault(id) is null or { Dead: true });

    /// <summary>Joins, if it is no member yet, and registers every supervisor of this process that is named. The operation is
    /// held once for all of them, until it is archived.</summary>
    private void Enroll(OperationRuntime operation)
    {
        var state = operation.State;
        var wanted = Names(state).Distinct().Where(registered.ContainsKey)
            .Where(id => MayRegister(state, id)).ToList();
        var isNeeded = wanted.Count > 0 && CanEnroll(state);
        if (!isNeeded || !held.TryAdd(operation, true)) operation.Holds.GiveBack(Hold.Supervision);
        if (!isNeeded) return;
        var entries = new List<EntryData>();
        if (!state.Members.ContainsKey(core.Incarnation)) entries.Add(new ParticipantJoined(core.Ledger.Process));
        foreach (var id in wanted)
        {
            var options = registered[id].Options;
            entries.Add(new SupervisorRegistered(
                id, (long)options.RestartGrace.TotalMilliseconds, (long)options.CallbackBound.TotalMilliseconds));
        }
        operation.Replica.Propose(entries);
    }

    /// <summary>A finished operation registers nobody; what was never confirmed is told all the same. False when its end cannot be
    /// read yet.</summary>
    private bool TellLate(FoldReader reader)
    {
        if (reader.State is not { IsTerminal: true } state)
        {
            reader.Dispose();
            return false;
        }
        var late = state.Unconfirmed.Values.Where(n => registered.ContainsKey(n.SupervisorId)).GroupBy(n => n.SupervisorId)
            .Where(byId => MayTellLate(state, byId.Key)).ToList();
        if (late.Count == 0)
        {
            reader.Dispose();
            return true;
        }
        var replica = new Replica(reader, core.Ledger.Clock, core.ParticipantId, core.Incarnation, core.NextNumber);
        var operation = new OperationRuntime(core, replica);
        foreach (var byId in late)
        {
            var (handler, options) = registered[byId.Key];
            var desk = LateDesk(operation, byId.Key, handler, options);
            foreach (var notice in byId) desk.Crashed(notice);
        }
        return true;
    }

    /// <summary>An operation that is over is found in more than one way: by one of them it is told.</summary>
    private bool MayTellLate(OperationState s, string id)
    {
        if (toldLate.Count > MostToldLate) toldLate.Clear();
        return toldLate.TryAdd((s.Nonce, id), true);
    }

    /// <summary>Repeats only where an earlier incarnation may have been told. What the disk refused to confirm is found, and told,
    /// once more.</summary>
    private SupervisorDesk LateDesk(OperationRuntime operation, string id, ISupervisor handler, SupervisorOptions options) =>
        new(operation, id, handler, options, operation.State.Supervisors.ContainsKey(id) ? long.MaxValue : 0)
        {
            Unconfirmed = () =>
            {
                toldLate.TryRemove((operation.State.Nonce, id), out _);
                Volatile.Write(ref lookAgain, 1);
            },
        };

    private void ForgetOne()
    {
        var (id, reader) = watched.First();
        watched.Remove(id);
        reader.Dispose();
    }

    private static IEnumerable<string> Names(OperationState s) =>
        s.Stack.Values.Where(f => f.SupervisorId is not null).Select(f => f.SupervisorId!)
            .Concat(s.Unconfirmed.Values.Select(n => n.SupervisorId));
}
