using System.Collections.Concurrent;
using Ledger.Model;
using Ledger.Rules;
using Ledger.Runtime.Groups;
using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>One participant of one ledger in this process: its heartbeat, its operations, and the tick that reads, judges,
/// plans and acts. Knows neither threads nor timers: a driver calls <see cref="Beat"/> and <see cref="Tick"/>, each from
/// one thread.</summary>
internal sealed class ParticipantCore : IDisposable
{
    /// <summary>Until a log that this process was writing to is looked at again, at the least.</summary>
    private const long PostponedMs = 2;

    private readonly ConcurrentDictionary<string, OperationRuntime> operations = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Member> newcomers = [];
    private readonly SortedSet<OperationRuntime> lively = new(Comparer<OperationRuntime>.Create(
        static (x, y) => string.CompareOrdinal(x.OperationId, y.OperationId)));
    private readonly long periodMs;
    private volatile OperationRuntime[]? inOrder;
    private int mustLookAnew = 1;
    private Watching watching;
    private long turn;
    private string lastInTurn = "";
    private long dueMs = -1;
    private long quietMs;
    private long lastNumber = 1; // the first entry of a log has number 1
    private long? postponedMs;
    private int deaths;
    private bool isolated;

    public ParticipantCore(LedgerContext ledger, string participantId, IDriver driver)
    {
        Ledger = ledger;
        Driver = driver;
        ParticipantId = participantId;
        Incarnation = ledger.NewHex(20);
        periodMs = Math.Max(1, ledger.Manifest.HeartbeatIntervalMs / 2);
        Heartbeat = new Heartbeat(ledger, participantId, Incarnation);
        Observer = new LivenessObserver(ledger, Heartbeat, OnDeath);
        Supervisors = new SupervisorHost(this);
        Housekeeper = new Housekeeper(this);
        Publisher = new SnapshotPublisher(this);
        Groups = new GroupHost(this);
        Watch = new LogWatch(ledger, this);
        watching = new Watching([], Incarnation);
    }

    public LedgerContext Ledger { get; }

    public IDriver Driver { get; }

    public string ParticipantId { get; }

    public string Incarnation { get; }

    public Heartbeat Heartbeat { get; }

    public LivenessObserver Observer { get; }

    public SupervisorHost Supervisors { get; }

    public Housekeeper Housekeeper { get; }

    public SnapshotPublisher Publisher { get; }

    /// <summary>The groups this process reads.</summary>
    public GroupHost Groups { get; }

    public bool IsStepped => !Ledger.Clock.IsSystem;

    /// <summary>How many take part in the largest of its operations, as of the last look around.</summary>
    public int Company { get; private set; }

    /// <summary>The operations this process reads, by id: those it is a member of, and the one it visits.</summary>
    public IReadOnlyList<OperationRuntime> Operations
    {
        get
        {
            if (inOrder is { } present) return present;
            lock (operations) return inOrder = [.. operations.Values.OrderBy(o => o.OperationId, StringComparer.Ordinal)];
        }
    }

    /// <summary>Operations that the next tick is to look at, besides those that every tick has to.</summary>
    public ConcurrentQueue<OperationRuntime> Stirred { get; } = [];

    /// <summary>What is known of changes of others' operations.</summary>
    public LogWatch Watch { get; }

    /// <summary>Told once whenever no beat succeeded for a threshold: others may be declaring this process crashed.</summary>
    public Action? OnIsolated { get; set; }

    public void Begin()
    {
        Heartbeat.Begin();
        Watch.Begin();
        Driver.Start(this);
    }

    public void Wake() => Driver.Wake();

    /// <summary>A number for an entry of this incarnation: larger than every one before, in whatever log.</summary>
    public long NextNumber() => Interlocked.Increment(ref lastNumber);

    /// <summary>Somebody is new to an operation, or this process is.</summary>
    public void Greet(Member member)
    {
        if (member.Incarnation == Incarnation || member.Status != MemberStatus.Joined || newcomers.Count >= Watching.Most) return;
        newcomers.Enqueue(member);
        Wake();
    }

    /// <summary>Some operation's or group's state is another one: who is in it, and who concerns whom, is looked at anew.</summary>
    public void NoteChange() => Volatile.Write(ref mustLookAnew, 1);

    public void Run(Func<Task> work) => Driver.Run(work);

    public OperationRuntime? Find(string operationId) => operations.GetValueOrDefault(operationId);

    /// <summary>The operation if this process reads it, held for the caller.</summary>
    public OperationRuntime? TryHold(string operationId, Hold hold) =>
        Find(operationId) is { } present && present.Holds.TryTake(hold) ? present : null;

    /// <summary>Takes an operation in that was read to its end, held for the caller; the present one if another thread was
    /// faster.</summary>
    public OperationRuntime Add(OperationRuntime made, Hold hold)
    {
        while (true)
        {
            var kept = operations.GetOrAdd(made.OperationId, made);
            OperationsChanged();
            if (!kept.Holds.TryTake(hold)) continue; // on its way out
            kept.Stir();
            if (ReferenceEquals(kept, made)) Watch.Follow(made.OperationId);
            else made.Dispose();
            return kept;
        }
    }

    /// <summary>Closes an operation that nobody here needs any more; a finished one is needed until it is
    /// archived.</summary>
    public void RemoveIfUnheld(OperationRuntime operation)
    {
        var state = operation.State;
        var mustArchive = state.IsTerminal && state.Members.ContainsKey(Incarnation) && !operation.Replica.IsArchived;
        if (mustArchive || !operation.Holds.TryRetire()) return;
        operations.TryRemove(new(operation.OperationId, operation));
        OperationsChanged();
        Watch.Unfollow(operation.OperationId);
        Supervisors.Forget(operation.OperationId);
        operation.Dispose();
    }

    /// <summary>One sign of life. The first thing that is told when it fails for long is this process itself.</summary>
    public void Beat()
    {
        Heartbeat.Beat();
        NoticeIsolation();
    }

    /// <summary>Tells this process, once, that it could not beat for a threshold. Does no I/O: it is asked also while a
    /// beat hangs.</summary>
    public void NoticeIsolation()
    {
        var silentMs = Heartbeat.SilentForMs;
        var now = silentMs >= Ledger.Manifest.StalenessThresholdMs;
        if (Interlocked.Exchange(ref isolated, now) || !now) return;
        Messages.Isolated(Ledger.Log, silentMs);
        if (OnIsolated is not { } tell) return;
        Run(() =>
        {
            tell();
            return Task.CompletedTask;
        });
    }

    /// <summary>Reads, looks, evaluates, acts. Returns after how many milliseconds the next one is due at the
    /// latest.</summary>
    public long Tick()
    {
        var now = Ledger.Clock.NowMs;
        // Who rested does not any more.
        if (Volatile.Read(ref mustLookAnew) != 0) dueMs = Math.Min(dueMs, now + periodMs);
        var isDue = now >= dueMs;
        var latenessMs = isDue && dueMs >= 0 && now - dueMs > periodMs / 2 ? now - dueMs : 0;
        var news = ReadLogs(all: isDue) | Groups.Read(all: isDue);
        var mustJudge = Interlocked.Exchange(ref deaths, 0) != 0;
        while (newcomers.TryDequeue(out var member)) mustJudge |= Observer.Greet(member);
        if (isDue)
        {
            turn++;
            dueMs = Driver.NextDueMs(now, periodMs);
            LookAround(latenessMs);
        }
        else if (mustJudge) Observer.Conclude();
        var dead = Observer.Dead;
        var timing = false;
        TakeStirred();
        // Whoever is judged dead may concern any of them.
        foreach (var operation in dead.Count > 0 ? Operations : (IEnumerable<OperationRuntime>)lively)
        {
            EvaluateOne(operation, dead, now, latenessMs, isDue);
            timing |= operation.IsPressing;
        }
        var groupsDueMs = Groups.Evaluate(dead, now, latenessMs, isDue);
        TakeStirred();
        Publisher.Publish(lively, now, isDue);
        lively.RemoveWhere(o => o.IsDisposed || !(o.IsLively || Publisher.MustWrite(o)));
        if (isDue)
        {
            Supervisors.Step(now, Ledger.IsFast && Watch.HasEntryEvents);
            Housekeeper.Step(now);
            if (MayRest) dueMs = Driver.NextDueMs(now, 2 * periodMs);
        }
        return Math.Min(NextDelay(now, news, timing), groupsDueMs ?? long.MaxValue);
    }

    public void Dispose()
    {
        Driver.Dispose();
        Watch.Dispose();
        Observer.Dispose();
        foreach (var operation in Operations) operation.Dispose();
        Groups.Dispose();
        Heartbeat.Dispose();
    }

    /// <summary>Reads logs that changed; with <paramref name="all"/> also those of which no event came, a bounded number
    /// in turn where there are events.</summary>
    private bool ReadLogs(bool all)
    {
        var news = false;
        postponedMs = null;
        foreach (var operation in Watch.Take(all))
        {
            try
            {
                if ((all ? operation.Replica.CatchUp() : operation.Replica.TryCatchUp()) is { } isNew)
                {
                    news |= isNew;
                    continue;
                }
                Watch.Postpone(operation.OperationId);
                postponedMs = Math.Max(postponedMs ?? PostponedMs, operation.Replica.BurstLeftMs);
            }
            catch (LedgerException e)
            {
                Messages.TriedAgain(Ledger.Log, operation.OperationId, "reading its log", e.Message);
            }
        }
        return news;
    }

    private void LookAround(long latenessMs)
    {
        if (Interlocked.Exchange(ref mustLookAnew, 0) != 0)
        {
            watching = new Watching(Operations.Select(o => o.State), Incarnation);
            Company = watching.Company;
        }
        var lasting = watching.Choose(turn);
        Member[] more = [.. Groups.Choose(turn), .. Housekeeper.Visited(), .. Observer.Suspects.Select(FindOther).OfType<Member>()];
        if (more.Length > 0)
        {
            var both = new Dictionary<string, Member>(lasting, StringComparer.Ordinal);
            foreach (var member in more) both.TryAdd(member.Incarnation, member);
            lasting = both;
        }
        // Who writes an operation's file tells everybody's heartbeats in it.
        var most = Publisher.IsAtWork ? Math.Max(1, Watching.Most / 2 / Math.Max(1, watching.Operations)) : 1;
        var inTurn = watching.Following(lastInTurn).Take(most).ToList();
        if (inTurn.Count > 0) lastInTurn = inTurn[^1].Incarnation;
        if (lasting.Count == 0 && inTurn.Count == 0 && Observer.KnowsNobody) return;
        try
        {
            Observer.LookAt(lasting, inTurn, i => FindOther(i) is not null, latenessMs);
        }
        catch (LedgerStorageException e)
        {
            Messages.TriedAgain(Ledger.Log, "-", "looking at others", e.Message);
        }
    }

    /// <summary>Somebody who shares an operation or a group with this participant, and is there still.</summary>
    private Member? FindOther(string incarnation) => watching.Find(incarnation) ?? Groups.FindOther(incarnation);

    /// <summary>True when there is nobody to look at and nothing to measure, and all else comes as an event: then a look in each
    /// heartbeat interval is enough.</summary>
    private bool MayRest => Watch.HasEvents && lively.Count == 0 && watching.Operations == 0 && Observer.KnowsNobody
        && Groups.All.Count == 0 && Supervisors.Ids.Count == 0;

    private void TakeStirred()
    {
        while (Stirred.TryDequeue(out var operation))
        {
            operation.TakeStir();
            if (!ReferenceEquals(Find(operation.OperationId), operation)) continue;
            // In the place of an earlier life of the same operation, if need be.
            lively.Remove(operation);
            lively.Add(operation);
        }
    }

    private void EvaluateOne(
        OperationRuntime operation, List<string> dead, long now, long latenessMs, bool isDue)
    {
        try
        {
            var hung = isDue && operation.Watchdogs.Look(operation.State, now, latenessMs);
            var accused = dead.Exists(i => operation.State.Members.GetValueOrDefault(i)?.Status == MemberStatus.Joined);
            if (operation.TakeAttention() || operation.IsTiming || hung || accused)
                operation.Evaluate(Observer, now, latenessMs);
        }
        catch (LedgerException e)
        {
            operation.Attend();
            Messages.TriedAgain(Ledger.Log, operation.OperationId, "evaluating the rules", e.Message);
        }
    }

    /// <summary>Events wake the loop; without them it looks often while there is news, and ever less often then.</summary>
    private long NextDelay(long now, bool news, bool timing)
    {
        var delay = Math.Max(1, dueMs - now);
        if (timing) delay = Math.Min(delay, Plan.StaggerMs / 2);
        delay = Math.Min(delay, postponedMs ?? delay);
        if ((Watch.HasEvents && Groups.HasEvents) || IsStepped) return delay;
        var pollMs = (long)Ledger.Options.MinimumPoll.TotalMilliseconds;
        quietMs = news ? pollMs : Math.Min(Math.Max(pollMs, quietMs * 5 / 4), periodMs);
        return Math.Min(delay, quietMs);
    }

    private void OperationsChanged()
    {
        // Not between another thread's look at them and its keeping what it saw.
        lock (operations) inOrder = null;
        NoteChange();
    }

    private void OnDeath()
    {
        Interlocked.Exchange(ref deaths, 1);
        Wake();
    }
}
