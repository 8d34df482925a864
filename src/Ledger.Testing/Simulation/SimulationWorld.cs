using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;
using Ledger.Testing.Simulation.Reference;
using Ledger.Testing.Simulation.Supervision;

namespace Ledger.Testing.Simulation;

/// <summary>One run: a simulated ledger, its processes, and what they were promised.</summary>
public sealed class SimulationWorld
{
    private const int MostActors = 12;

    /// <summary>How often the disk is looked at while time goes on within a step. Logs and segments that come and go in between
    /// would never be seen.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    private readonly List<SimulationActor> actors = [];
    private readonly List<(SimulationActor Actor, string What, Task Task)> pending = [];
    private readonly Func<LedgerOptions, LedgerOptions>? with;
    private readonly SortedDictionary<string, long> faults = new(StringComparer.Ordinal);
    private readonly Lottery eventLots;
    private string? fault;

    internal SimulationWorld(ulong seed, SimulationOptions options, Func<LedgerOptions, LedgerOptions>? with,
        Func<IGroupExecutor, IGroupExecutor>? wrap = null, Func<GroupState, GroupEntry, GroupFolded>? fold = null)
    {
        this.with = with;
        Options = options;
        Seed = seed;
        Hosts = [.. Enumerable.Range(1, 1 + new Lottery(seed).Below(4)).Select(n => $"h{n}")];
        // What lies on one host is a local disk, of which the kernel tells every change.
        HasEvents = Hosts.Count == 1;
        eventLots = new Lottery(seed + 1);
        Ledger = SimulatedLedger.WithLots(options.Ledger, (int)(seed % int.MaxValue), HasEvents);
        Ledger.Time.KeepToThisThread();
        Reference = new ReferenceLedger(Ledger.Files, () => Now);
        Groups = new ReferenceGroups(this, fold ?? GroupFold.Apply);
        Stage = new GroupStage(this) { Wrap = wrap };
        Witness = new Witness(Ledger.Files, () => Now);
    }

    /// <summary>How simulations are made.</summary>
    public SimulationOptions Options { get; }

    /// <summary>The run's seed.</summary>
    public ulong Seed { get; }

    /// <summary>The ledger. Its <see cref="SimulatedLedger.Files"/> see the disk as it is, past all faults.</summary>
    public SimulatedLedger Ledger { get; }

    /// <summary>Names of its hosts.</summary>
    public IReadOnlyList<string> Hosts { get; }

    /// <summary>Whether changes of the disk are told as events, some of which are lost or come twice until all is calm.</summary>
    internal bool HasEvents { get; }

    /// <summary>Every process that was ever started, in that order.</summary>
    public IReadOnlyList<SimulationActor> Actors => actors;

    /// <summary>Simulated time since the start.</summary>
    public TimeSpan Now => TimeSpan.FromTicks(Ledger.Time.GetTimestamp());

    /// <summary>The steps are over, and so are the faults.</summary>
    public bool IsCalm { get; internal set; }

    /// <summary>The faults there were so far.</summary>
    internal FaultCounts Injected => new(faults);

    internal ReferenceLedger Reference { get; }

    /// <summary>The groups' logs, and what they say.</summary>
    internal ReferenceGroups Groups { get; }

    /// <summary>The machines, and what runs there for groups.</summary>
    internal GroupStage Stage { get; }

    internal Witness Witness { get; }

    /// <summary>The process a step means: one whose code runs, or null when there is none.</summary>
    public SimulationActor? Who(SimulationStep step)
    {
        var awake = actors.Where(a => a is { IsAwake: true, IsLeaving: false }).ToList();
        return awake.Count == 0 ? null : awake[step.Who % awake.Count];
    }

    /// <summary>Starts a process; null when there are too many already, or it could not join.</summary>
    public SimulationActor? Start(string id, string host) => Start(id, host, null);

    /// <summary>The same as a process that is there already.</summary>
    internal SimulationActor? Start(string id, string host, ProcessIdentity? self)
    {
        if (!IsCalm && actors.Count(a => a.IsThere) >= MostActors) return null;
        if (actors.Exists(a => a.Host == host && a is { IsThere: true, IsAwake: true, Process.Files.IsPartitioned: true })) return null;
        try
        {
            var started = self is null ? Ledger.StartAsync(id, host, with).AsTask() : Ledger.StartAsAsync(id, host, with, self);
            Require(started.IsCompleted, "a start waited");
            var actor = new SimulationActor(started.GetAwaiter().GetResult(), actors.Count);
            actors.Add(actor);
            actor.Process.Files.WatchFault = _ => HowOftenTold();
            return actor;
        }
        catch (LedgerStorageException)
        {
            return null;
        }
    }

    /// <summary>See <see cref="SimulatedFileSystem.WatchFault"/>.</summary>
    private int HowOftenTold()
    {
        if (IsCalm) return 1;
        switch (eventLots.Below(100))
        {
            case < 4:
                CountFault("event lost");
                return 0;
            case < 10:
                CountFault("event doubled");
                return 2;
            case 10:
                CountFault("events overflow");
                return -1;
            default:
                return 1;
        }
    }

    /// <summary>Lets a process do something. What the ledger throws for a reason is part of life; anything else is a fault, and
    /// so is a process that waits for ever for what it asked for.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="what">In words, for reports.</param>
    /// <param name="work">What it does.</param>
    public void Do(SimulationActor actor, string what, Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var task = Guarded(what, work);
        if (!task.IsCompleted) pending.Add((actor, what, task));
    }

    /// <summary>The same for what goes on for as long as it likes.</summary>
    internal void Aside(string what, Func<Task> work) => _ = Guarded(what, work);

    /// <summary>Does something later, in simulated time.</summary>
    public void After(TimeSpan delay, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Ledger.Time.CreateTimer(state => _ = Guarded("a timed event", () =>
        {
            action();
            return Task.CompletedTask;
        }), null, delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something must hold. The first that does not ends the run, also where what is thrown is caught.</summary>
    public void Require(bool holds, string otherwise)
    {
        if (holds) return;
        fault ??= otherwise;
        throw new SimulationException(otherwise);
    }

    /// <summary>Lets time go on in the middle of a step.</summary>
    internal void Pass(TimeSpan time)
    {
        for (var end = Now + time; Now < end;)
        {
            var left = end - Now;
            Ledger.Time.AdvanceWithin(left < Glance ? left : Glance);
            CatchUp();
        }
    }

    /// <summary>Reads what is new on the disk.</summary>
    internal void CatchUp()
    {
        Reference.CatchUp();
        Groups.CatchUp();
    }

    /// <summary>Counts a fault of a kind that really happened, for <see cref="SimulationResult.Injected"/>.</summary>
    public void CountFault(string kind) => faults[kind] = faults.GetValueOrDefault(kind) + 1;

    /// <summary>What processes wait for, in words.</summary>
    public IEnumerable<string> Waiting()
    {
        pending.RemoveAll(p => p.Task.IsCompleted || !p.Actor.IsThere);
        return pending.Where(p => p.Actor.IsAwake).Select(p => $"{p.Actor.Id}: {p.What}");
    }

    /// <summary>Throws the first fault there was.</summary>
    internal void ThrowIfFaulty()
    {
        if (fault is not null) throw new SimulationException(fault);
        if (Ledger.Time.Strayed is { } where) throw new SimulationException($"something went on on another thread: {where}");
    }

    private async Task Guarded(string what, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is LedgerException or SimulatedCrashException or OperationCanceledException
            or ObjectDisposedException or TimeoutException or IOException or UnauthorizedAccessException)
        {
            // Refused, fenced, killed, or in trouble with the disk: whoever asked knows.
        }
#pragma warning disable CA1031 // whatever else it is, it is what the simulation is for
        catch (Exception e)
#pragma warning restore CA1031
        {
            fault ??= $"{what}: {e}";
        }
    }
}
