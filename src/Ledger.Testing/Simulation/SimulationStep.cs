namespace Ledger.Testing.Simulation;

/// <summary>One step of a simulation, as data. Its numbers are read modulo whatever there is to choose from when it is taken,
/// so that a list of steps stays meaningful when some are taken out.</summary>
/// <param name="Feature">Name of the feature that takes it.</param>
/// <param name="Verb">Which of that feature's verbs.</param>
/// <param name="Who">Chooses the process that acts.</param>
/// <param name="Dice">Everything else about it.</param>
public readonly record struct SimulationStep(string Feature, string Verb, int Who, ulong Dice)
{
    /// <summary>The dice's n-th throw: 0 or more, below the bound.</summary>
    public int Throw(int n, int bound) => new Lottery(Dice + ((ulong)n << 32)).Below(bound);

    /// <summary>Whether the dice's n-th throw is one of so many hits out of so many.</summary>
    public bool Throw(int n, int outOf, int hits) => Throw(n, outOf) < hits;

    /// <summary>One of the choices by the dice's n-th throw, or null when there are none.</summary>
    public T? Choose<T>(int n, IReadOnlyList<T> choices) where T : class
    {
        ArgumentNullException.ThrowIfNull(choices);
        return choices.Count == 0 ? null : choices[Throw(n, choices.Count)];
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Feature} {Verb} by {Who} ({Dice:x16})";
}
