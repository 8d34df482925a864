namespace Ledger.Testing.Simulation;

/// <summary>How simulations are made.</summary>
public sealed record SimulationOptions
{
    /// <summary>Steps of one run, before it is left to come to its end. Default 80.</summary>
    public int Steps { get; init; } = 80;

    /// <summary>Features of one run (default: <see cref="Simulator.LedgerFeatures"/>). Asked anew for each run, because features
    /// keep what they need to know of it.</summary>
    public Func<IReadOnlyList<SimulationFeature>> Features { get; init; } = Simulator.LedgerFeatures;

    /// <summary>Simulated time within which everything must have come to its end once the faults are over. Default 5
    /// minutes.</summary>
    public TimeSpan CalmBound { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Options of every participant: heartbeat interval, threshold, bounds.</summary>
    public LedgerOptions Ledger { get; init; } = new()
    {
        Path = "/ledger",
        CleanupBound = TimeSpan.FromSeconds(2),
        KillGrace = TimeSpan.FromSeconds(1),
    };
}
