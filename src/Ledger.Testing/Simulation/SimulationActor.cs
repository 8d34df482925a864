namespace Ledger.Testing.Simulation;

/// <summary>One process of a simulation, from its start to its end. Starting it again makes another one.</summary>
public sealed class SimulationActor
{
    private readonly Dictionary<string, Operation> operations = new(StringComparer.Ordinal);

    internal SimulationActor(SimulatedParticipant process, int number) => (Process, Number) = (process, number);

    /// <summary>The simulated process.</summary>
    public SimulatedParticipant Process { get; }

    /// <summary>Counts the processes of a run from 0.</summary>
    public int Number { get; }

    /// <summary>Its participant id.</summary>
    public string Id => Process.Id;

    /// <summary>The host it runs on.</summary>
    public string Host => Process.Host;

    /// <summary>Its incarnation.</summary>
    public string Incarnation => Process.Participant.Incarnation;

    /// <summary>Its handles, by operation.</summary>
    public IReadOnlyDictionary<string, Operation> Operations => operations;

    /// <summary>True until it was killed or has ended.</summary>
    public bool IsThere => !Process.IsCrashed;

    /// <summary>True while its code runs: it is there, not stopped, and its machine is awake.</summary>
    public bool IsAwake => IsThere && !Process.Time.IsSuspended;

    /// <summary>It is on its way out: its user does nothing more.</summary>
    public bool IsLeaving { get; internal set; }

    /// <summary>Something stood in its way since it started: it was stopped, asleep, cut off, or had trouble with its disk. Of
    /// others it can be asked that they are on time.</summary>
    public bool WasTroubled { get; set; }

    /// <inheritdoc/>
    public override string ToString() => $"{Number}:{Process}";

    internal void Add(Operation handle) => operations[handle.Id] = handle;

    internal void Remove(string operationId) => operations.Remove(operationId);
}
