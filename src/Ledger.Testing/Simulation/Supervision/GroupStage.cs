using Ledger.Groups;
using Ledger.Model.Groups;

namespace Ledger.Testing.Simulation.Supervision;

/// <summary>The machines of a run: which processes of the simulation are there, which programs run for which supervisor, and
/// strangers that nobody may touch.</summary>
internal sealed class GroupStage(SimulationWorld world)
{
    private readonly SortedDictionary<string, SimulatedMachine> machines = new(StringComparer.Ordinal);
    private readonly List<ProgramRun> runs = [];
    private readonly List<(SimulatedMachine Machine, SimulatedProcess Process)> strangers = [];
    private readonly List<GroupSeat> seats = [];

    /// <summary>Stands before what does the groups' work with processes.</summary>
    public Func<IGroupExecutor, IGroupExecutor>? Wrap { get; init; }

    /// <summary>Everyone who joined a group, in that order.</summary>
    public IReadOnlyList<GroupSeat> Seats => seats;

    /// <summary>Programs that were allowed to begin, in that order.</summary>
    public IReadOnlyList<ProgramRun> Runs => runs;

    /// <summary>Commands that somebody began to execute, by group.</summary>
    public HashSet<(string Group, string Command)> Executed { get; } = [];

    /// <summary>Commands of users' programs there are; one more is named in settings and is missing.</summary>
    public static IReadOnlyDictionary<string, SimulatedBehaviour> Programs { get; } = new SortedDictionary<string, SimulatedBehaviour>(StringComparer.Ordinal)
    {
        ["work"] = new(),
        ["stubborn"] = new() { IgnoresTerm = true },
        ["family"] = new() { Children = [new(), new() { IgnoresTerm = true }] },
        ["server"] = new() { Ports = [7001] },
    };

    public SimulatedMachine MachineOf(string host)
    {
        if (machines.TryGetValue(host, out var machine)) return machine;
        machine = machines[host] = new SimulatedMachine(world.Ledger.Processes, host, world.Ledger.Time);
        foreach (var (name, behaviour) in Programs) machine.Commands[name] = behaviour;
        machine.Commands["ledger"] = new();
        machine.Commands["ledger-slow"] = new() { IgnoresTerm = true };
        return machine;
    }

    /// <summary>The machine as a process sees it. From then on the process is one of that machine's.</summary>
    public SimulatedProgramHost HostOf(SimulationActor actor)
    {
        var (machine, identity) = (MachineOf(actor.Host), actor.Process.Participant.Core.Ledger.Process);
        if (machine.Find(identity.Pid) is null && actor.IsThere) Link(machine.Enter(identity, "ledger"), actor);
        return machine.HostOf(identity);
    }

    /// <summary>One dies with the other.</summary>
    public void Link(SimulatedProcess process, SimulationActor actor)
    {
        process.Exited += _ =>
        {
            if (actor.IsThere) actor.Process.Crash();
        };
        world.Ledger.Processes.TableOf(process.Identity).Watch(process.Identity, () => MachineOf(actor.Host).Exit(process));
    }

    public void Add(GroupSeat seat) => seats.Add(seat);

    /// <summary>A program begins: the only one of its supervisor.</summary>
    public void Began(ProgramRun run)
    {
        foreach (var other in runs.Where(r => r.Key == run.Key && r.IsAlive))
            world.Require(false, $"{run} begins, and {other} is alive");
        runs.Add(run);
    }

    /// <summary>A process that is none of any group's business.</summary>
    public SimulatedProcess AddStranger(SimulatedMachine machine, SimulatedProcess process)
    {
        strangers.Add((machine, process));
        return process;
    }

    /// <summary>Ends a stranger by itself.</summary>
    public void EndStranger(SimulatedMachine machine, SimulatedProcess process)
    {
        strangers.Remove((machine, process));
        machine.Exit(process);
    }

    /// <summary>Two programs for one supervisor on one machine, a program that runs without leave, or a stranger that was
    /// ended.</summary>
    public void Check()
    {
        foreach (var (machine, stranger) in strangers)
            world.Require(machine.Find(stranger.Identity.Pid) == stranger, $"{stranger.Name} {stranger.Identity.Pid} is gone, and belonged to nobody's group");
        foreach (var twice in runs.Where(r => r.IsAlive).GroupBy(r => r.Key).Where(g => g.Count() > 1))
            world.Require(false, $"two programs live: {string.Join(" and ", twice)}");
    }
}

/// <summary>A user's program that was let run.</summary>
internal sealed record ProgramRun(string Group, string Supervisor, long Run, SimulatedMachine Machine, SimulatedProcess Leader)
{
    public (string, string, SimulatedMachine) Key => (Group, Supervisor, Machine);

    /// <summary>It, or something it started.</summary>
    public bool IsAlive => Machine.Members(Leader.Pgid).Exists(p => !p.IsLifeline && p.Name == Leader.Name);

    public override string ToString() => $"{Supervisor} of {Group}, run {Run}, process {Leader.Identity.Pid} on {Leader.Identity.Host}";
}
