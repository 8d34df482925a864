namespace Ledger.Testing.Simulation.Features;

/// <summary>Time goes on.</summary>
internal sealed class TimeFeature : SimulationFeature
{
    public override string Name => "time";

    public override IReadOnlyList<(string Verb, int Weight)> Verbs => [("moment", 8), ("while", 7), ("long", 3)];

    public override void Take(SimulationWorld world, SimulationStep step) => world.Pass(step.Verb switch
    {
        "moment" => TimeSpan.FromMilliseconds(10 + step.Throw(0, 400)),
        "while" => TimeSpan.FromMilliseconds(500 + step.Throw(0, 2_500)),
        _ => TimeSpan.FromMilliseconds(3_000 + step.Throw(0, 7_000)),
    });
}
