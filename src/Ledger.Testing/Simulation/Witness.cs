using Ledger.Log;

namespace Ledger.Testing.Simulation;

/// <summary>What can be seen of signs of life from outside: when each heartbeat record got another beat, and each progress file
/// changed.</summary>
internal sealed class Witness
{
    private readonly SimulatedFileSystem disk;
    private readonly Func<TimeSpan> now;
    private readonly Dictionary<string, (TimeSpan Last, TimeSpan Longest)> changes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> beats = new(StringComparer.Ordinal);

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

    private bool IsBeat(string record)
    {
        if (HeartbeatRecord.Signs(disk.File.ReadAllBytes(record))?.Time is not { } time || beats.GetValueOrDefault(record) == time) return false;
        beats[record] = time;
        return true;
    }

    private void OnChanged(string path)
    {
        if (!path.StartsWith("/ledger/participants/", StringComparison.Ordinal)
            && !path.EndsWith("~progress", StringComparison.Ordinal)) return;
        if (!disk.File.Exists(path)) return; // what somebody swept gave no sign of life
        // Nor did a beat of which only a part was written, before its time.
        if (!path.EndsWith("~progress", StringComparison.Ordinal) && !IsBeat(path)) return;
        changes[path] = (now(), changes.ContainsKey(path) ? LongestSilence(path, default) : TimeSpan.Zero);
    }
}
