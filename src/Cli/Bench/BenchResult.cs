namespace Ledger.Cli.Bench;

/// <summary>One figure. Names and fields are a contract.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">Of the percentiles.</param>
/// <param name="P50">The median; null where there are no single steps.</param>
/// <param name="P99">The 99th percentile, or the slowest where there are fewer than a hundred steps.</param>
/// <param name="Value">What <paramref name="Of"/> says.</param>
/// <param name="Of">What the value is, for people.</param>
internal sealed record BenchResult(string Name, string Unit, double? P50, double? P99, double? Value, string Of)
{
    /// <summary>Percentiles of single steps, and how many of them one after the other make a second.</summary>
    public static BenchResult Steps(string name, Samples samples) =>
        new(name, "us", samples.At(0.5), samples.At(0.99), samples.Count / samples.Sum * 1e6, "per second");

    /// <summary>Percentiles of rounds, in milliseconds.</summary>
    public static BenchResult Rounds(string name, Samples samples) =>
        new(name, "ms", samples.At(0.5), samples.At(0.99), samples.Count, "rounds");
}
