using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Platform.Programs;

namespace Ledger.Testing;

/// <summary>How a simulated program behaves once it was released.</summary>
internal sealed record SimulatedBehaviour
{
    /// <summary>TERM does not end it.</summary>
    public bool IgnoresTerm { get; init; }

    /// <summary>Not even KILL does, as for a process that hangs in the kernel.</summary>
    public bool IsStuck { get; init; }

    /// <summary>It forgets the variables it was given.</summary>
    public bool HidesMarks { get; init; }

    /// <summary>The TCP ports it binds.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];

    /// <summary>What it starts itself, in its own process group.</summary>
    public IReadOnlyList<SimulatedBehaviour> Children { get; init; } = [];
}

/// <summary>One process of a <see cref="SimulatedMachine"/>.</summary>
internal sealed class SimulatedProcess(ProcessIdentity identity, ProcessIdentity? parent, int pgid, string name)
{
    public ProcessIdentity Identity => identity;

    public ProcessIdentity? Parent => parent;

    public int Pgid => pgid;

    public string Name => name;

    public SimulatedBehaviour Behaviour { get; init; } = new();

    public ProgramOwner? Marks { get; init; }

    public SupervisorMode? Mode { get; init; }

    public bool IsLifeline { get; init; }

    /// <summary>Told its exit code at its end, at once and on the same thread.</summary>
    public Action<int>? Exited { get; set; }

    public TaskCompletionSource<int> Exit { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A simulated program, as whoever started it sees it.</summary>
internal sealed class SimulatedStart(SimulatedMachine machine, SimulatedProcess leader, HostedProgram identity) : IProgram
{
    public HostedProgram Identity => identity;

    public SimulatedProcess Leader => leader;

    public bool IsReleased { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>The lifeline keeps the group's number.</summary>
    public bool HoldsGroup => identity.Mode == SupervisorMode.Coupled && !IsDisposed;

    public void Release()
    {
        if (IsReleased || IsDisposed) return;
        IsReleased = true;
        machine.Run(leader);
    }

    public void Discard()
    {
        if (!IsReleased) Dispose();
    }

    public Task<int> WaitAsync(CancellationToken cancellation) => leader.Exit.Task.WaitAsync(cancellation);

    public void Dispose()
    {
        if (IsDisposed) return;
        if (identity.Mode == SupervisorMode.Coupled || !IsReleased) machine.KillGroup(leader);
        IsDisposed = true;
    }
}
