using System.Globalization;

namespace Ledger.Benchmarks;

/// <summary>Durations of single steps, and what is said of them.</summary>
internal sealed class Measure(string name, int capacity)
{
    private readonly List<double> microseconds = new(capacity);

    public void Time(Action step)
    {
        var start = TimeProvider.System.GetTimestamp();
        step();
        microseconds.Add(TimeProvider.System.GetElapsedTime(start).TotalMicroseconds);
    }

    public double At(double share)
    {
        microseconds.Sort();
        return microseconds[Math.Min(microseconds.Count - 1, (int)(microseconds.Count * share))];
    }

    public override string ToString()
    {
        var total = microseconds.Sum();
        return string.Create(CultureInfo.InvariantCulture,
            $"{name,-28} p50 {At(0.5),8:0.0} us   p99 {At(0.99),8:0.0} us   {microseconds.Count / total * 1e6,10:0} per second   n = {microseconds.Count}");
    }
}
