using System.Collections.Immutable;
using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Testing;

namespace Ledger.Tests.Groups;

/// <summary>The users' programs on all simulated hosts: what an executor starts, and what outlives it.</summary>
internal sealed class SimulatedPrograms
{
    private readonly List<SimulatedProgram> all = [];

    /// <summary>Every program that ever ran, in the order they began to.</summary>
    public IReadOnlyList<SimulatedProgram> Begun => [.. all.Where(p => p.HasBegun)];

    public IEnumerable<SimulatedProgram> Running(string supervisorId) =>
        all.Where(p => p.SupervisorId == supervisorId && p is { HasBegun: true, IsAlive: true });

    /// <summary>Ports that strangers hold.</summary>
    public Dictionary<int, string> Ports { get; } = [];

    public SimulatedProgram Start(string supervisorId, SimulatedParticipant owner)
    {
        var made = new SimulatedProgram(this, supervisorId, owner, 10_000 + all.Count);
        all.Add(made);
        return made;
    }

    public SimulatedProgram? Find(ProgramIdentity? program) => all.Find(p => p.Program == program);
}

internal sealed class SimulatedProgram(SimulatedPrograms world, string supervisorId, SimulatedParticipant owner, int pid) : IStartedProcess
{
    private readonly string ownerIncarnation = owner.Participant.Incarnation;
    private bool hasEnded;

    public string SupervisorId => supervisorId;

    public bool HasBegun { get; private set; }

    /// <summary>Coupled: it dies with who owns it.</summary>
    public bool IsAlive => !hasEnded && !(owner.IsCrashed || owner.Participant.Incarnation != ownerIncarnation);

    public ProgramIdentity? Program { get; } = new(pid, $"start-{pid}", pid);

    /// <summary>Told when it ends though nobody ended it.</summary>
    public Action? Exited { get; set; }

    public void Release()
    {
        Assert.Empty(world.Running(supervisorId)); // never two at once
        HasBegun = true;
    }

    public ValueTask DiscardAsync()
    {
        hasEnded = true;
        return ValueTask.CompletedTask;
    }

    public void Kill() => hasEnded = true;

    public void Exit()
    {
        hasEnded = true;
        Exited?.Invoke();
    }
}

/// <summary>Starts and stops simulated programs. What spawns a wrapper process in reality starts a simulated participant
/// here.</summary>
internal sealed class SimulatedExecutor(GroupWorld world, SimulatedParticipant self) : IGroupExecutor
{
    /// <summary>Makes starts fail, or never come to an end.</summary>
    public Func<SupervisorEntry, CancellationToken, Task>? BeforeHold { get; set; }

    /// <summary>The spawned process does not activate itself.</summary>
    public bool SpawnsDumb { get; set; }

    /// <summary>Makes the end of programs fail.</summary>
    public string? StopFault { get; set; }

    /// <summary>The processes it spawned.</summary>
    public List<SpawnedWrapper> Spawned { get; } = [];

    public int Sweeps { get; private set; }

    public async Task<ImmutableArray<string>> MakeWayAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken)
    {
        await ReleaseAsync(group, supervisor, cancellationToken);
        return [.. supervisor.Settings.Ports.Where(world.Programs.Ports.ContainsKey).Select(p => $"port {p} held by {world.Programs.Ports[p]}")];
    }

    public Task<ImmutableArray<string>> ReleaseAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken)
    {
        world.Programs.Find(supervisor.Program)?.Kill();
        return Task.FromResult(ImmutableArray<string>.Empty);
    }

    public async Task<IStartedProcess> HoldAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken)
    {
        if (BeforeHold is { } wait) await wait(supervisor, cancellationToken);
        var program = world.Programs.Start(supervisor.SupervisorId, self);
        program.Exited = () => _ = group.ReportFailedAsync(supervisor.SupervisorId, supervisor.Run, "exit", "exited with 1");
        return program;
    }

    public async Task<IStartedProcess> SpawnAsync(
        LedgerGroup group, SupervisorEntry supervisor, string token, CancellationToken cancellationToken)
    {
        var wrapper = new SpawnedWrapper();
        Spawned.Add(wrapper);
        var id = supervisor.SupervisorId;
        var name = $"{id}-spawned{world.Ledger.Participants.Count}";
        if (SpawnsDumb)
        {
            wrapper.Participant = await world.StartAsync(name, self.Host);
            return wrapper;
        }
        // Who outlives its owner waits for another orchestrator instead of becoming its own.
        var joined = await world.JoinAsync(name, self.Host, orchestrate: supervisor.Settings.Mode != SupervisorMode.Independent, spawn: false);
        wrapper.Participant = joined.Node;
        var program = world.Programs.Start(id, joined.Node);
        world.Tokens.Add(token);
        var run = await joined.Group.ActivateAsync(id, token, program.Program, cancellationToken);
        program.Exited = () => _ = joined.Group.ReportFailedAsync(id, run, "exit", "exited with 1");
        program.Release();
        if (world.OnSpawned is { } then) await then(joined, id);
        return wrapper;
    }

    public Task StopAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken)
    {
        if (StopFault is { } fault) throw new LedgerException(fault);
        world.Stopped.Add(supervisor.SupervisorId);
        world.Programs.Find(supervisor.Program)?.Kill();
        return Task.CompletedTask;
    }

    public async Task<ImmutableArray<string>> SweepAsync(LedgerGroup group, CancellationToken cancellationToken)
    {
        Sweeps++;
        await world.SweepsEnd;
        var found = world.Orphans.ToImmutableArray();
        world.Orphans.Clear();
        return found;
    }
}

/// <summary>A process that was spawned and is not in charge yet.</summary>
internal sealed class SpawnedWrapper : IStartedProcess
{
    public SimulatedParticipant? Participant { get; set; }

    public bool IsDiscarded { get; private set; }

    public ProgramIdentity? Program => null;

    public void Release() { }

    public ValueTask DiscardAsync()
    {
        IsDiscarded = true;
        if (Participant is { IsCrashed: false }) Participant.Crash();
        return ValueTask.CompletedTask;
    }
}
