using System.Globalization;
using System.Text;
using Ledger.Log;
using Ledger.Rules;

namespace Ledger.Cli.Doctor;

/// <summary>How long the second process did not see what the first one did, the worst of some; null: longer than
/// <see cref="Looking.Bound"/>.</summary>
/// <param name="InPlace">A record that was rewritten.</param>
/// <param name="ByName">A new file, asked for by name.</param>
/// <param name="ByListing">A new file, in the listing.</param>
/// <param name="Beat">How long rewriting the record took.</param>
internal sealed record Delays(TimeSpan? InPlace, TimeSpan? ByName, TimeSpan? ByListing, TimeSpan Beat)
{
    /// <summary>New entries are looked for both ways, so the shorter one counts. Null: longer than the bound.</summary>
    public TimeSpan? Worst => InPlace is { } place && (ByName ?? ByListing) is { } some
        ? TimeSpan.FromTicks(Math.Max(place.Ticks, Math.Min(some.Ticks, (ByListing ?? some).Ticks))) : null;
}

/// <summary>How fast others see a change, and whether the heartbeats' times allow for it.</summary>
internal static class DelayChecks
{
    private const int Rounds = 10;

    public static async Task<Delays> MeasureAsync(Examination x, CancellationToken cancellationToken)
    {
        var beat = TimeSpan.Zero;
        var record = Path.Combine(x.Scratch, "record");
        x.Disk.TryPublish(record, Content("record-"), flush: false);
        using var file = x.Disk.OpenRecord(record, HeartbeatRecord.Size);
        var inPlace = await WorstAsync(Sighting.ByContent, _ => "record", number => Write(Content(Stamp(number))));
        var byName = await WorstAsync(Sighting.ByName, number => $"named{number}", number => Publish($"named{number}"));
        var byListing = await WorstAsync(Sighting.ByListing, number => $"listed{number}", number => Publish($"listed{number}"));
        return new Delays(inPlace, byName, byListing, beat);

        async Task<TimeSpan?> WorstAsync(Sighting sighting, Func<int, string> name, Action<int> change)
        {
            var worst = TimeSpan.Zero;
            for (var number = 0; number < Rounds; number++)
            {
                var changed = 0L;
                void Change()
                {
                    change(number);
                    changed = x.Time.GetTimestamp();
                }
                var seen = await x.Helper.SeesAsync(sighting, name(number), Change, cancellationToken, Stamp(number));
                if (seen is null) return null;
                // Seen before the writer heard of its success: at once.
                var delay = x.Time.GetElapsedTime(Math.Min(changed, seen.Value), seen.Value);
                if (delay > worst) worst = delay;
            }
            return worst;
        }

        void Write(byte[] content)
        {
            var begin = x.Time.GetTimestamp();
            file.TryWrite(content);
            var took = x.Time.GetElapsedTime(begin);
            if (took > beat) beat = took;
        }

        void Publish(string name) => x.Disk.TryPublish(Path.Combine(x.Scratch, name), "x"u8, flush: false);
    }

    public static Check Visibility(Examination x, Delays d)
    {
        var detail = $"a rewritten record is seen after {Show(d.InPlace)}, a new file after {Show(d.ByName)} by its name, "
            + $"{Show(d.ByListing)} in the listing (worst of {Rounds}, two processes here)";
        if (d.Worst is not null) return new Check("visibilityDelay", true, detail);
        return new Check("visibilityDelay", false, detail + (x.Kind.IsLocal ? "" : ": mount the drive without caching (sshfs: -o dir_cache=no)"));
    }

    public static Check Heartbeat(Examination x, Delays? d)
    {
        var threshold = x.Manifest?.StalenessThresholdMs ?? (long)new LedgerOptions { Path = x.Root }.StalenessThreshold.TotalMilliseconds;
        var interval = x.Manifest?.HeartbeatIntervalMs ?? (long)new LedgerOptions { Path = x.Root }.HeartbeatInterval.TotalMilliseconds;
        var whose = x.Manifest is null ? "the default" : "this ledger's";
        if (d?.Worst is not { } delay) return new Check("heartbeat", false, "not judged: it is not known how long others do not see a change");
        var least = Timers.LeastThresholdMs(delay);
        var detail = string.Create(CultureInfo.InvariantCulture,
            $"interval {interval} ms, threshold {threshold} ms ({whose}; the delay asks for {least} ms); a beat takes {Show(d.Beat)}");
        return threshold >= least && d.Beat.TotalMilliseconds < interval
            ? new Check("heartbeat", true, detail)
            : new Check("heartbeat", false, detail + ": make a new ledger with longer times (LedgerOptions.StalenessThreshold)");
    }

    private static byte[] Content(string front) => Encoding.UTF8.GetBytes(front.PadRight(HeartbeatRecord.Size));

    private static string Stamp(int number) => string.Create(CultureInfo.InvariantCulture, $"record{number};");

    private static string Show(TimeSpan? delay) => delay is { } d
        ? string.Create(CultureInfo.InvariantCulture, $"{d.TotalMilliseconds:0.0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"more than {Looking.Bound.TotalSeconds:0} s");
}
