using System.Collections.Immutable;
using Ledger.Groups;
using Ledger.Model.Groups;
using Ledger.Platform.Programs;
using ProgramIdentity = Ledger.Model.Groups.ProgramIdentity;

namespace Ledger.Testing.Simulation.Supervision;

/// <summary>What one member does with processes of its machine: the real release and sweep, on simulated processes. A spawned
/// process begins a little later, and is then a process of the run like any other.</summary>
internal sealed class StageExecutor(SimulationWorld world, SimulationActor actor) : IGroupExecutor
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);
    private readonly SimulatedProgramHost host = world.Stage.HostOf(actor);
    private readonly ProgramControl control = new(world.Stage.HostOf(actor), actor.Process.Time);
    private readonly SortedDictionary<string, SimulatedStart> own = new(StringComparer.Ordinal);
    private readonly HashSet<SimulatedStart> stopping = [];
    private OrphanSweep? sweep;

    public Task<ImmutableArray<string>> MakeWayAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
        ReleaseAsync(group, supervisor, supervisor.Settings.Ports, cancellationToken);

    public Task<ImmutableArray<string>> ReleaseAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
        ReleaseAsync(group, supervisor, [], cancellationToken);

    public Task<IStartedProcess> HoldAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
        Task.FromResult<IStartedProcess>(Hold(group, supervisor, supervisor.Run));

    /// <summary>Starts a program, held, in this process's own care.</summary>
    public HeldStart Hold(LedgerGroup group, SupervisorEntry supervisor, long run)
    {
        if (own.Remove(supervisor.SupervisorId, out var old)) old.Dispose();
        var start = Spawn(group, supervisor, supervisor.Settings.StartInfo!.Command, SupervisorMode.Coupled);
        own[supervisor.SupervisorId] = start;
        return new HeldStart(world, this, group, supervisor, start, run);
    }

    public Task<IStartedProcess> SpawnAsync(
        LedgerGroup group, SupervisorEntry supervisor, string token, CancellationToken cancellationToken)
    {
        var start = Spawn(group, supervisor, supervisor.Settings.Launcher[0], supervisor.Settings.Mode);
        var spawned = new SpawnedStart(control, start, supervisor);
        start.Leader.Exited += _ => Later(async () =>
        {
            try
            {
                if (!spawned.IsOver)
                    await group.ReportFailedAsync(supervisor.SupervisorId, supervisor.Run, "activation", "the process that was spawned for it ended").ConfigureAwait(false);
            }
            finally
            {
                start.Dispose(); // its lifeline, too
            }
        });
        start.Release();
        StageWrapper.Begin(world, actor, group, supervisor.SupervisorId, start.Leader, token);
        return Task.FromResult<IStartedProcess>(spawned);
    }

    public Task StopAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken)
    {
        if (!own.TryGetValue(supervisor.SupervisorId, out var start)) return Task.CompletedTask;
        stopping.Add(start);
        return control.EndAsync(start.Identity, TimeSpan.FromMilliseconds(supervisor.Settings.StopGraceMs), cancellationToken);
    }

    public async Task<ImmutableArray<string>> SweepAsync(LedgerGroup group, CancellationToken cancellationToken)
    {
        sweep ??= new OrphanSweep(host, actor.Process.Time, "/ledger", group.GroupId);
        var report = await sweep.SweepAsync(p => IsOwned(group.State, p), Bound, cancellationToken).ConfigureAwait(false);
        return [.. report.Found.Select(p => $"process {p.Pid} of supervisor {p.Owner.Supervisor}")];
    }

    /// <summary>Only for planted faults: ends what nobody started for a group.</summary>
    internal void EndNeighbours()
    {
        var machine = world.Stage.MachineOf(actor.Host);
        foreach (var process in machine.Living.Where(p => p.Marks is null && p.Name.StartsWith("stranger", StringComparison.Ordinal)).ToList())
            machine.Exit(process);
    }

    /// <summary>It is a member no longer: nothing of its own goes on.</summary>
    public void EndAll()
    {
        foreach (var start in own.Values)
        {
            stopping.Add(start);
            start.Dispose();
        }
        own.Clear();
    }

    /// <summary>A program ended: whoever runs it tells the group, unless it ended it, and ends what is left of it.</summary>
    public void Ended(LedgerGroup group, SimulatedStart start, SupervisorEntry supervisor, long run)
    {
        if (stopping.Contains(start)) return;
        Later(async () =>
        {
            try
            {
                await group.ReportFailedAsync(supervisor.SupervisorId, run, "program", "it ended").ConfigureAwait(false);
            }
            finally
            {
                var grace = TimeSpan.FromMilliseconds(supervisor.Settings.StopGraceMs);
                await control.EndAsync(start.Identity, grace, CancellationToken.None).ConfigureAwait(false);
            }
        });
    }

    /// <summary>In this process's time: not while it is stopped, and never once it is dead.</summary>
    private void Later(Func<Task> report) => actor.Process.Time.CreateTimer(
        _ => world.Do(actor, "report an end", report), null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);

    private SimulatedStart Spawn(LedgerGroup group, SupervisorEntry supervisor, string command, SupervisorMode mode)
    {
        var begun = control.Spawn(new ProgramStart
        {
            Words = [command],
            Owner = new ProgramOwner("/ledger", group.GroupId, supervisor.SupervisorId, group.Participant.Incarnation),
            Mode = mode,
        });
        return begun.Failure is { } failure
            ? throw new StartFailedException(failure.Step.ToString(), failure.Reason) : (SimulatedStart)begun.Program!;
    }

    private async Task<ImmutableArray<string>> ReleaseAsync(
        LedgerGroup group, SupervisorEntry supervisor, IReadOnlyList<int> ports, CancellationToken cancellationToken)
    {
        var request = new ReleaseRequest { Grace = TimeSpan.FromMilliseconds(supervisor.Settings.StopGraceMs), Bound = Bound };
        var place = supervisor.Place;
        var member = group.State.Members.Values.Where(m => m.Process == place).MaxBy(m => m.JoinedAt);
        // First who would start the program anew.
        if (member is { IsPresent: false, RunId: { } spawner })
        {
            var wrapper = new HostedProgram(place, place.Pid, supervisor.Settings.Mode, new("/ledger", group.GroupId, supervisor.SupervisorId, spawner));
            var held = await control.ReleaseAsync(request with { Old = wrapper }, cancellationToken).ConfigureAwait(false);
            if (!held.IsReleased) return [.. held.Held];
        }
        foreach (var forgotten in ForgottenPrograms.Find(host, group.State, supervisor, "/ledger", p => IsOwned(group.State, p)))
        {
            var held = await control.ReleaseAsync(request with { Old = forgotten }, cancellationToken).ConfigureAwait(false);
            if (!held.IsReleased) return [.. held.Held];
        }
        if (supervisor.Program is { } old)
        {
            var owner = new ProgramOwner("/ledger", group.GroupId, supervisor.SupervisorId, supervisor.Incarnation ?? member?.Incarnation ?? "");
            var identity = place with { Pid = old.Pid, StartToken = old.StartToken };
            request = request with { Old = new HostedProgram(identity, old.Pgid, supervisor.Settings.Mode, owner) };
        }
        return [.. (await control.ReleaseAsync(request with { Ports = ports }, cancellationToken).ConfigureAwait(false)).Held];
    }

    private static bool IsOwned(GroupState state, FoundProcess process) => state.IsPresent(process.Owner.RunId)
        || (process.Mode == SupervisorMode.Independent && state.Members.Values.Any(m => m.IsPresent
            && (m.Process.Pid == process.Pid || m.Process.Pid == process.Pgid) && m.RunId == process.Owner.RunId));
}

/// <summary>A program that begins when the group has accepted that it runs.</summary>
internal sealed class HeldStart(
    SimulationWorld world, StageExecutor executor, LedgerGroup group, SupervisorEntry supervisor, SimulatedStart start, long run)
    : IStartedProcess
{
    public ProgramIdentity? Program => new(start.Identity.Pid, start.Identity.Process.StartToken, start.Identity.Pgid);

    public void Release()
    {
        if (start.IsDisposed || start.Leader.Exit.Task.IsCompleted)
        {
            executor.Ended(group, start, supervisor, run);
            return;
        }
        var begun = new ProgramRun(group.GroupId, supervisor.SupervisorId, run, world.Stage.MachineOf(start.Leader.Identity.Host), start.Leader);
        var isAllowed = world.Groups.Find(group.GroupId)!.Model.Activated.Contains((supervisor.SupervisorId, run));
        world.Require(isAllowed, $"{begun} begins, and the group has not accepted that");
        world.Stage.Began(begun);
        start.Leader.Exited += _ => executor.Ended(group, start, supervisor, run);
        start.Release();
    }

    public ValueTask DiscardAsync()
    {
        start.Discard();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A process that was spawned to run a supervisor, as its spawner has it.</summary>
internal sealed class SpawnedStart(ProgramControl control, SimulatedStart start, SupervisorEntry supervisor) : IStartedProcess
{
    /// <summary>It speaks for itself, or was ended.</summary>
    public bool IsOver { get; private set; }

    public ProgramIdentity? Program => null;

    public void Release() => IsOver = true;

    public async ValueTask DiscardAsync()
    {
        IsOver = true;
        await control.EndAsync(start.Identity, TimeSpan.FromMilliseconds(supervisor.Settings.StopGraceMs), CancellationToken.None).ConfigureAwait(false);
        start.Dispose();
    }
}
