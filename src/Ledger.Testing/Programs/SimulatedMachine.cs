using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Platform;
using Ledger.Platform.Programs;

namespace Ledger.Testing;

/// <summary>A machine whose processes are simulated: process groups, lifelines, signals and ports. Each of its processes can
/// have a host of its own. Everything happens on the caller's thread, or on the one that advances time.</summary>
internal sealed class SimulatedMachine(SimulatedProcesses processes, string name, TimeProvider time)
{
    private static readonly TimeSpan LifelineGrace = TimeSpan.FromSeconds(3);
    private const int Refused = 125;
    private readonly Dictionary<int, SimulatedProcess> all = [];
    private readonly List<(ProcessIdentity Owner, SimulatedStart Program)> started = [];
    private readonly List<ITimer> timers = [];
    private readonly Dictionary<int, int> ports = [];

    /// <summary>The commands there are.</summary>
    public Dictionary<string, SimulatedBehaviour> Commands { get; } = [];

    /// <summary>Commands that may not be executed.</summary>
    public HashSet<string> NotExecutable { get; } = [];

    /// <summary>Working directories that are missing.</summary>
    public HashSet<string> MissingDirectories { get; } = [];

    /// <summary>Who lives.</summary>
    public IReadOnlyCollection<SimulatedProcess> Living => all.Values;

    /// <summary>A process that nobody of the simulation started.</summary>
    public SimulatedProcess Start(string command, params int[] bound)
    {
        var identity = processes.Start(name);
        var process = new SimulatedProcess(identity, null, identity.Pid, command);
        all[identity.Pid] = process;
        foreach (var port in bound) ports[port] = identity.Pid;
        return process;
    }

    /// <summary>A process of the simulation that runs here, in a process group of its own.</summary>
    public SimulatedProcess Enter(ProcessIdentity identity, string command)
    {
        if (Find(identity.Pid) is { } present) return present;
        return all[identity.Pid] = new SimulatedProcess(identity, null, identity.Pid, command);
    }

    /// <summary>A stranger that got the number of a process that is gone, as numbers are used again after a while.</summary>
    public SimulatedProcess Reuse(SimulatedProcess gone, string command) =>
        Enter(gone.Identity with { StartToken = $"{gone.Identity.StartToken}+" }, command);

    /// <summary>The processes as one of them sees them.</summary>
    public SimulatedProgramHost HostOf(ProcessIdentity self) => new(this, self);

    /// <summary>Ends a process: its ports are free, its lifelines notice, its gates close.</summary>
    public void Exit(SimulatedProcess process, int code = 0)
    {
        if (Find(process.Identity.Pid) != process) return; // its number may be somebody else's by now
        all.Remove(process.Identity.Pid);
        foreach (var port in ports.Where(each => each.Value == process.Identity.Pid).Select(each => each.Key).ToList())
            ports.Remove(port);
        processes.Exit(process.Identity);
        process.Exit.TrySetResult(code);
        process.Exited?.Invoke(code);
        foreach (var (_, program) in started.Where(each => each.Owner == process.Identity).ToList()) LoseOwner(program);
        started.RemoveAll(each => each.Owner == process.Identity);
    }

    internal SimulatedProcess? Find(int pid) => all.GetValueOrDefault(pid);

    internal List<SimulatedProcess> Members(int pgid) => [.. all.Values.Where(each => each.Pgid == pgid)];

    internal bool HoldsGroup(ProcessIdentity owner, HostedProgram program) =>
        started.Any(each => each.Owner == owner && each.Program.Identity == program && each.Program.HoldsGroup);

    /// <summary>Whether a group's number cannot be used again yet: somebody in it lives, or whoever started it has not reaped the
    /// lifeline.</summary>
    internal bool IsTaken(int pgid) =>
        Members(pgid).Count > 0 || started.Exists(each => each.Program.HoldsGroup && each.Program.Identity.Pgid == pgid);

    internal PortHold? Hold(int port) =>
        ports.TryGetValue(port, out var pid) ? new PortHold(port, pid, all[pid].Name) : null;

    internal ProgramSpawn Spawn(ProcessIdentity owner, ProgramStart start)
    {
        if (!start.Mode.OwnsProcesses()) return ProgramSpawn.Failed(SpawnStep.Mode, start.Mode.Refusal());
        if (start.Words.Count == 0) return ProgramSpawn.Failed(SpawnStep.Words, "there is no command");
        if (start.WorkingDirectory is { } directory && MissingDirectories.Contains(directory))
            return ProgramSpawn.Failed(SpawnStep.WorkingDirectory, $"the working directory {directory} does not exist");
        var command = start.Words[0];
        if (NotExecutable.Contains(command))
            return ProgramSpawn.Failed(SpawnStep.CommandNotExecutable, $"'{command}' cannot be executed");
        if (!Commands.TryGetValue(command, out var behaviour))
            return ProgramSpawn.Failed(SpawnStep.CommandMissing, $"there is no command '{command}'");
        if (Find(owner.Pid) is null) return ProgramSpawn.Failed(SpawnStep.Process, "whoever starts it is dead");

        var leader = Add(owner, 0, command, behaviour, start.Owner, start.Mode, isLifeline: false);
        if (start.Mode == SupervisorMode.Coupled)
            Add(owner, leader.Pgid, "lifeline", new SimulatedBehaviour { IgnoresTerm = true }, start.Owner, start.Mode, true);
        var program = new SimulatedStart(
            this, leader, new HostedProgram(leader.Identity, leader.Pgid, start.Mode, start.Owner));
        started.Add((owner, program));
        return new ProgramSpawn(program, null);
    }

    /// <summary>A leader begins to run.</summary>
    internal void Run(SimulatedProcess process)
    {
        if (Find(process.Identity.Pid) != process) return;
        foreach (var port in process.Behaviour.Ports) ports.TryAdd(port, process.Identity.Pid);
        foreach (var child in process.Behaviour.Children)
            Run(Add(process.Identity, process.Pgid, process.Name, child, process.Marks, process.Mode, isLifeline: false));
    }

    internal void Signal(SimulatedProcess process, int signal)
    {
        if (signal != Signals.Kill && (signal != Signals.Term || process.Behaviour.IgnoresTerm)) return;
        if (!process.Behaviour.IsStuck) Exit(process, 128 + signal);
    }

    /// <summary>Kills a process group, as long as its number is certain to be its own: its leader lives, or its lifeline.</summary>
    internal void KillGroup(SimulatedProcess leader)
    {
        if (!Members(leader.Pgid).Exists(each => each == leader || each.IsLifeline)) return;
        foreach (var member in Members(leader.Pgid)) Signal(member, Signals.Kill);
    }

    private SimulatedProcess Add(
        ProcessIdentity parent, int pgid, string command, SimulatedBehaviour behaviour, ProgramOwner? marks, SupervisorMode? mode,
        bool isLifeline)
    {
        var identity = processes.Start(name);
        var process = new SimulatedProcess(identity, parent, pgid == 0 ? identity.Pid : pgid, command)
        {
            Behaviour = behaviour,
            Marks = behaviour.HidesMarks ? null : marks,
            Mode = behaviour.HidesMarks ? null : mode,
            IsLifeline = isLifeline,
        };
        all[identity.Pid] = process;
        return process;
    }

    private void LoseOwner(SimulatedStart program)
    {
        var pgid = program.Identity.Pgid;
        if (!program.IsReleased) Exit(program.Leader, Refused);
        if (program.Identity.Mode != SupervisorMode.Coupled || program.IsDisposed) return;
        // It is the lifeline that signals: once it is gone, nobody does, and the group's number may be somebody else's.
        if (Members(pgid).FirstOrDefault(each => each.IsLifeline) is not { } lifeline) return;
        foreach (var member in Members(pgid)) Signal(member, Signals.Term);
        if (Members(pgid).Count == 1) Exit(lifeline);
        else timers.Add(time.CreateTimer(_ => KillGroup(program.Leader), null, LifelineGrace, Timeout.InfiniteTimeSpan));
    }
}
