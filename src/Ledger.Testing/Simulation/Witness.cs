namespace Ledger.Testing.Simulation;

/// <summary>What can be seen of signs of life from outside: when each heartbeat record and progress file really changed.</summary>
internal sealed class Witness
{
    private readonly SimulatedFileSystem disk;
    private readonly Func<TimeSpan> now;
    private readonly Dictionary<string, (TimeSpan Last, TimeSpan Longest)> changes = new(StringComparer.Ordinal);

    public Witness(SimulatedFileSystem disk, Func<TimeSpan> now)
    {
        (this.disk, this.now) = (disk, now);
        disk.Changed += OnChanged;
    }

    /// <summary>The longest time for which a file did not change, from its first change (or <paramref name="since"/>) on, up to
    /// now.</summary>
    public TimeSpan LongestSilence(string path, TimeSpan since)
    {
        var (last, longest) = changes.GetValueOrDefault(path, (since, TimeSpan.Zero));
        var present = now() - last;
        return present > longest ? present : longest;
    }

    private void OnChanged(string path)
    {
        if (!path.StartsWith("/ledger/participants/", StringComparison.Ordinal)
            && !path.EndsWith("~progress", StringComparison.Ordinal)) return;
        if (!disk.File.Exists(path)) return; // what somebody swept gave no sign of life
        changes[path] = (now(), changes.ContainsKey(path) ? LongestSilence(path, default) : TimeSpan.Zero);
    }
}
