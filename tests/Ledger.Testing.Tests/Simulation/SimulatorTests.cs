using Ledger.Testing.Simulation;

namespace Ledger.Testing.Tests.Simulation;

/// <summary>The short form of <c>ledger-sim</c>. <c>LEDGER_SIM_SEEDS</c> sets how many seeds are run, <c>LEDGER_SIM_FROM</c> the
/// first.</summary>
public sealed class SimulatorTests
{
    // The 18th of groups shows what simulator.md tells to be open.
    public static TheoryData<string, ulong> Subjects => new() { { "operations", 40 }, { "groups", 25 } };

    [Theory]
    [MemberData(nameof(Subjects))]
    public void Whatever_happens_every_promise_is_kept(string about, ulong seeds)
    {
        var simulator = About(about);
        var first = Setting("LEDGER_SIM_FROM", 1);
        for (var seed = first; seed < first + Setting("LEDGER_SIM_SEEDS", seeds); seed++)
        {
            var result = simulator.Run(seed);
            Assert.True(result.Fault is null, $"seed {seed}, step {result.Steps} {result.FailedAt}: {result.Fault}");
        }
    }

    [Theory]
    [InlineData("operations")]
    [InlineData("groups")]
    public void A_seed_means_the_same_run_every_time(string about)
    {
        var simulator = About(about);
        var once = simulator.Run(7);
        Assert.Equal(once, simulator.Run(7));
        Assert.NotEqual(once.Digest, simulator.Run(8).Digest);
        Assert.True(once.Entries > 0);
    }

    [Fact]
    public void A_failing_run_is_shrunk_to_the_steps_that_matter()
    {
        var simulator = new Simulator(new SimulationOptions { Features = () => [.. Simulator.LedgerFeatures(), new Tripwire()] });
        var seed = Enumerable.Range(1, 50).Select(n => (ulong)n).First(s => simulator.Run(s).Fault is not null);
        var fewest = simulator.Shrink(seed, simulator.Plan(seed));
        Assert.Equal(["trip", "trip", "trip"], fewest.Select(s => s.Verb));
        Assert.StartsWith("tripped", simulator.Run(seed, fewest).Fault, StringComparison.Ordinal);
    }

    private static Simulator About(string what) =>
        new(new SimulationOptions { Features = what == "groups" ? Simulator.GroupFeatures : Simulator.LedgerFeatures });

    private static ulong Setting(string name, ulong otherwise) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(name), out var n) ? n : otherwise;

    /// <summary>Fails at its third step.</summary>
    private sealed class Tripwire : SimulationFeature
    {
        private int trips;

        public override string Name => "wire";

        public override IReadOnlyList<(string Verb, int Weight)> Verbs => [("trip", 8)];

        public override void Take(SimulationWorld world, SimulationStep step) => world.Require(++trips < 3, "tripped");
    }
}
