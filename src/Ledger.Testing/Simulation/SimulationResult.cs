namespace Ledger.Testing.Simulation;

/// <summary>How a run ended.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Steps">Steps that were taken.</param>
/// <param name="Fault">What did not hold, or null.</param>
/// <param name="Simulated">How long it was, in simulated time.</param>
/// <param name="Entries">Entries in all logs.</param>
/// <param name="Digest">Of everything that was written to the logs, of every change on the disk, and of every line that was
/// logged, in their order: the same at every run with the same steps, in whatever process.</param>
public sealed record SimulationResult(ulong Seed, int Steps, string? Fault, TimeSpan Simulated, int Entries, string Digest)
{
    /// <summary>The step at which it failed, or null: it did not, or only in the end.</summary>
    public SimulationStep? FailedAt { get; init; }

    /// <summary>The faults that were injected, by kind.</summary>
    public FaultCounts Injected { get; init; } = FaultCounts.None;
}
