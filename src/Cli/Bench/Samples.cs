namespace Ledger.Cli.Bench;

/// <summary>Durations of single steps.</summary>
internal sealed class Samples
{
    private readonly List<double> all = [];
    private bool isSorted;

    public int Count => all.Count;

    public double Sum => all.Sum();

    public void Add(double sample)
    {
        all.Add(sample);
        isSorted = false;
    }

    /// <summary>Times a step, in microseconds.</summary>
    public void Time(Action step)
    {
        var start = TimeProvider.System.GetTimestamp();
        step();
        Add(TimeProvider.System.GetElapsedTime(start).TotalMicroseconds);
    }

    /// <summary>The sample that this share of all are not above.</summary>
    public double At(double share)
    {
        if (!isSorted) all.Sort();
        isSorted = true;
        return all[Math.Clamp((int)Math.Ceiling(all.Count * share) - 1, 0, all.Count - 1)];
    }
}
