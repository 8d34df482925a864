namespace Ledger.Testing.Simulation;

/// <summary>Something does not hold that must hold.</summary>
public sealed class SimulationException : Exception
{
    /// <summary>Creates the exception with a message.</summary>
    public SimulationException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and what led to it.</summary>
    public SimulationException(string message, Exception? inner) : base(message, inner) { }

    /// <summary>Creates the exception without a message.</summary>
    public SimulationException() { }
}
