namespace Ledger.Testing.Simulation;

/// <summary>A part of what can happen in a simulation, and of what must hold there. One object serves one run. All members run
/// on the simulation's one thread; what a feature does for a process goes through <see cref="SimulationWorld.Do"/>.</summary>
public abstract class SimulationFeature
{
    /// <summary>Its name in steps.</summary>
    public abstract string Name { get; }

    /// <summary>What its steps can be, each with a weight: how often it comes compared with all others.</summary>
    public abstract IReadOnlyList<(string Verb, int Weight)> Verbs { get; }

    /// <summary>Before the first step.</summary>
    public virtual void Begin(SimulationWorld world) { }

    /// <summary>Takes a step, or does nothing when it makes no sense now.</summary>
    public abstract void Take(SimulationWorld world, SimulationStep step);

    /// <summary>After every step, and every second at the end: throws by <see cref="SimulationWorld.Require"/> when something is
    /// not as it must be. Changes nothing.</summary>
    public virtual void Check(SimulationWorld world) { }

    /// <summary>The steps are over: ends the faults it made.</summary>
    public virtual void Calm(SimulationWorld world) { }

    /// <summary>Every simulated second of the calm: does what brings its things to an end.</summary>
    public virtual void WindDown(SimulationWorld world) { }

    /// <summary>What has not come to an end yet, in words; null when all has.</summary>
    public virtual string? Unfinished(SimulationWorld world) => null;

    /// <summary>Everything came to its end: throws when it is not as it must be.</summary>
    public virtual void Judge(SimulationWorld world) { }
}
