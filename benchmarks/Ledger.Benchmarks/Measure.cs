using System.Globalization;

namespace Ledger.Benchmarks;

/// <summary>Durations of single steps, and what is said of them.</summary>
internal sealed class Measure(string name)
{
    private readonly List<double> microseconds = [];

    public void Add(TimeSpan duration) => microseconds.Add(duration.TotalMicroseconds);

    public double At(double share)
    {
        microseconds.Sort();
        return microseconds[Math.Min(microseconds.Count - 1, (int)(microseconds.Count * share))];
    }

    /// <summary>For steps too long and too few to speak of a rate.</summary>
    public string InMilliseconds() => string.Create(CultureInfo.InvariantCulture,
        $"{name,-42} p50 {At(0.5) / 1000,7:0.0} ms   p99 {At(0.99) / 1000,7:0.0} ms   max {At(1) / 1000,7:0.0} ms   n = {microseconds.Count}");
}
