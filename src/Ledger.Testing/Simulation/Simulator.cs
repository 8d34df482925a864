using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ledger.Groups;
using Ledger.Log;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;
using Ledger.Testing.Simulation.Features;
using Ledger.Testing.Simulation.Supervision;

namespace Ledger.Testing.Simulation;

/// <summary>Runs whole ledgers from seeds: a list of random steps, then a calm in which everything must come to its end. One
/// run is one thread's; several may run beside each other. The same seed, options and program make the same run.</summary>
public sealed class Simulator(SimulationOptions? options = null)
{
    private const int MostReportedLines = 40;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly SimulationOptions options = options ?? new();

    /// <summary>Changes the options of the processes; for faulty rules and logs.</summary>
    internal Func<ulong, Func<LedgerOptions, LedgerOptions>>? With { get; init; }

    /// <summary>Stands before what does the groups' work with processes; for faulty ones.</summary>
    internal Func<IGroupExecutor, IGroupExecutor>? Executors { get; init; }

    /// <summary>What the reference folds groups with, for a faulty one: a fault that is everybody's, as if it were the product's.</summary>
    internal Func<GroupState, GroupEntry, GroupFolded>? Fold { get; init; }

    /// <summary>Told of everything that was written to the logs, log by log, when a run has ended.</summary>
    internal Action<IReadOnlyList<string>>? OnLogs { get; init; }

    /// <summary>The features that exercise the ledger itself.</summary>
    public static IReadOnlyList<SimulationFeature> LedgerFeatures() =>
    [
        new TimeFeature(), new ProcessesFeature(), new OperationsFeature(), new CallsFeature(), new ResourcesFeature(),
        new SupervisorsFeature(), new HostsFeature(), new DisksFeature(), new UpkeepFeature(), new EvidenceFeature(), new ReadersFeature(),
    ];

    /// <summary>The features that exercise groups: members, orchestrators, supervisors with their programs, commands.</summary>
    public static IReadOnlyList<SimulationFeature> GroupFeatures() =>
    [
        new TimeFeature(), new ProcessesFeature(), new HostsFeature(), new DisksFeature(), new MembersFeature(), new ProgramsFeature(),
        new CommandsFeature(), new GroupReadersFeature(),
    ];

    /// <summary>The steps a seed means.</summary>
    public IReadOnlyList<SimulationStep> Plan(ulong seed)
    {
        var lottery = new Lottery(seed);
        var choices = options.Features().SelectMany(f => f.Verbs.Select(v => (f.Name, v.Verb, v.Weight))).ToList();
        var total = choices.Sum(c => c.Weight);
        return [.. Enumerable.Range(0, options.Steps).Select(_ =>
        {
            var lot = lottery.Below(total);
            var chosen = choices.First(c => (lot -= c.Weight) < 0);
            return new SimulationStep(chosen.Name, chosen.Verb, lottery.Below(1000), lottery.Next());
        })];
    }

    /// <summary>Runs a seed.</summary>
    public SimulationResult Run(ulong seed) => Run(seed, Plan(seed));

    /// <summary>Runs a list of steps; the seed decides what they leave open: names, and the order of what is due at the same
    /// moment.</summary>
    public SimulationResult Run(ulong seed, IReadOnlyList<SimulationStep> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        SimulationResult? result = null;
        // Out of whatever task or context surrounds it: everything goes on at once, here.
        Detachment.Run(() => result = Play(seed, steps));
        return result!;
    }

    /// <summary>The fewest steps that still fail, found by taking out halves, quarters, and so on down to single
    /// steps; fewer steps must fail in the same way.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="steps">Steps that fail.</param>
    /// <param name="mayGoOn">Asked before each run; false: what was found so far is good enough.</param>
    public IReadOnlyList<SimulationStep> Shrink(ulong seed, IReadOnlyList<SimulationStep> steps, Func<bool>? mayGoOn = null)
    {
        ArgumentNullException.ThrowIfNull(steps);
        var kind = KindOf(Run(seed, steps).Fault);
        for (var size = steps.Count / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= steps.Count;)
            {
                if (mayGoOn?.Invoke() == false) return steps;
                List<SimulationStep> fewer = [.. steps.Take(at), .. steps.Skip(at + size)];
                if (KindOf(Run(seed, fewer).Fault) != kind) at += size;
                else steps = fewer;
            }
        }
        return steps;
    }

    /// <summary>A fault without what differs from run to run: a list of steps is not shrunk to another fault.</summary>
    private static string? KindOf(string? fault) =>
        fault is null ? null : string.Concat(fault.TakeWhile(c => c != '\n').Where(c => !char.IsAsciiHexDigit(c)).Take(60));

    private SimulationResult Play(ulong seed, IReadOnlyList<SimulationStep> steps)
    {
        var features = options.Features();
        var world = new SimulationWorld(seed, options, With?.Invoke(seed), Executors, Fold);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        world.Ledger.Files.Changed += path => Add(digest, string.Create(CultureInfo.InvariantCulture, $"{world.Now.Ticks} {path}\n"));
        var taken = 0;
        SimulationStep? present = null;
        string? fault = null;
        try
        {
            Moment(world, features, () => Each(features, f => f.Begin(world)));
            foreach (var step in steps)
            {
                present = step;
                taken++;
                Moment(world, features, () => features.FirstOrDefault(f => f.Name == step.Feature)?.Take(world, step));
                world.Ledger.Advance(TimeSpan.FromMilliseconds(step.Throw(99, 40)));
            }
            present = null;
            ComeToAnEnd(world, features);
        }
#pragma warning disable CA1031 // whatever it is, it is what the run found
        catch (Exception e)
#pragma warning restore CA1031
        {
            fault = Report(world, e);
        }
        var logs = world.Reference.Operations.SelectMany(o => o.Entries.Select(e => $"{o.Id} {e.At} {TextOf(e.Entry)}"))
            .Concat(world.Groups.All.SelectMany(g => g.Entries.Select(e => $"{g.Id} {e}"))).ToList();
        OnLogs?.Invoke(logs);
        foreach (var line in logs.Concat(world.Ledger.Log.Select(line => line.ToString()))) Add(digest, $"{line}\n");
        return new SimulationResult(seed, taken, fault, world.Now, logs.Count, Convert.ToHexStringLower(digest.GetHashAndReset())[..16])
        {
            FailedAt = fault is null ? null : present,
            Injected = world.Injected,
        };
    }

    private static void Add(IncrementalHash digest, string text) => digest.AppendData(Encoding.UTF8.GetBytes(text));

    private void ComeToAnEnd(SimulationWorld world, IReadOnlyList<SimulationFeature> features)
    {
        world.IsCalm = true;
        // What was built on first comes to rest last.
        Moment(world, features, () => Each([.. features.Reverse()], f => f.Calm(world)));
        var end = world.Now + options.CalmBound;
        while (features.Select(f => f.Unfinished(world)).FirstOrDefault(u => u is not null) is { } unfinished)
        {
            world.Require(world.Now < end, $"{options.CalmBound} after the last fault this has not come to its end: {unfinished}");
            Moment(world, features, () => Each(features, f => f.WindDown(world)));
            world.Ledger.Advance(Second);
        }
        Moment(world, features, () => Each(features, f => f.Judge(world)));
    }

    private static string TextOf(Entry entry)
    {
        var line = new ArrayBufferWriter<byte>();
        EntryCodec.Write(line, entry);
        return Encoding.UTF8.GetString(line.WrittenSpan).Trim();
    }

    /// <summary>Does something at one moment of simulated time, with all that follows from it at once, and looks at
    /// everything.</summary>
    private static void Moment(SimulationWorld world, IReadOnlyList<SimulationFeature> features, Action action)
    {
        world.Ledger.Quietly(() => world.Ledger.Time.Hold(action));
        world.CatchUp();
        world.ThrowIfFaulty();
        Each(features, f => f.Check(world));
        world.ThrowIfFaulty();
    }

    private static void Each(IReadOnlyList<SimulationFeature> features, Action<SimulationFeature> action)
    {
        foreach (var feature in features) action(feature);
    }

    private static string Report(SimulationWorld world, Exception e)
    {
        var text = new StringBuilder(e is SimulationException ? e.Message : e.ToString());
        text.Append(CultureInfo.InvariantCulture, $"\nat {world.Now}; processes:\n");
        foreach (var a in world.Actors) text.Append(CultureInfo.InvariantCulture, $"  {a}\n");
        text.Append("The last that was logged:\n");
        foreach (var line in world.Ledger.Log.TakeLast(MostReportedLines)) text.Append(CultureInfo.InvariantCulture, $"  {line}\n");
        return text.ToString();
    }
}
