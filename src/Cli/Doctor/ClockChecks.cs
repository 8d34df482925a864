using System.Globalization;
using Ledger.Cli.Shared;
using Ledger.Platform;

namespace Ledger.Cli.Doctor;

/// <summary>The file system's own clock, and its change events.</summary>
internal static class ClockChecks
{
    private static readonly TimeSpan LookFor = TimeSpan.FromMilliseconds(1100);
    private static readonly TimeSpan EventBound = TimeSpan.FromSeconds(2);

    /// <summary>How fine its files' times are, and how far from this machine's clock. No decision depends on either.</summary>
    public static Check Granularity(Examination x, CancellationToken cancellationToken)
    {
        const int Enough = 20;
        var file = Path.Combine(x.Scratch, "clock");
        var times = new SortedSet<DateTimeOffset>();
        var offset = TimeSpan.Zero;
        for (var begin = x.Time.GetTimestamp(); x.Time.GetElapsedTime(begin) < LookFor && times.Count < Enough;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            x.Disk.Replace(file, []);
            var now = x.Time.GetUtcNow();
            if (x.Disk.Look(file)?.Modified is not { } modified) continue;
            times.Add(modified);
            offset = modified - now;
        }
        var finest = times.Zip(times.Skip(1), (a, b) => b - a).DefaultIfEmpty(TimeSpan.FromSeconds(1)).Min();
        var whole = times.All(t => t.Ticks % TimeSpan.TicksPerSecond == 0);
        var unit = whole ? "1 s" : string.Create(CultureInfo.InvariantCulture, $"{finest.TotalMilliseconds:0.0##} ms or finer");
        var from = offset.Duration() < TimeSpan.FromSeconds(whole ? 2 : 1)
            ? "as this machine's clock" : $"{Durations.Show(offset.Duration())} {(offset < TimeSpan.Zero ? "behind" : "ahead of")} this machine's clock";
        return new Check("clockGranularity", true, $"files' times have {unit}, {from}; nothing is decided by them");
    }

    /// <summary>Whether a change of another process comes as an event. On a network drive there are none of other
    /// machines.</summary>
    public static async Task<Check> WatcherAsync(Examination x, CancellationToken cancellationToken)
    {
        const string Name = "event";
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var events = KernelEvents.TryCreate(static _ => { }, x.Time);
        using var watch = events?.WatchDirectory(x.Scratch, name =>
        {
            if (name == Name) came.TrySetResult();
        });
        var polling = x.Kind.IsLocal ? "changes are polled for: slower, not wrong" : "changes are polled for";
        if (watch is null)
            return new Check("watcher", !x.Kind.IsLocal, $"this system gives no events (inotify instances per user: /proc/sys/fs/inotify/max_user_instances); {polling}");
        var begin = x.Time.GetTimestamp();
        await x.Helper.MakeAsync(Name, cancellationToken);
        var first = await Task.WhenAny(came.Task, Task.Delay(EventBound, x.Time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        if (!x.Kind.IsLocal)
            return new Check("watcher", true, $"{(first == came.Task ? "of this mount's changes only" : "none")}; {polling}, every half interval at the latest");
        return first == came.Task
            ? new Check("watcher", true, string.Create(CultureInfo.InvariantCulture, $"events arrive (within {x.Time.GetElapsedTime(begin).TotalMilliseconds:0.0} ms)"))
            : new Check("watcher", false, $"no event within {Durations.Show(EventBound)}; {polling}");
    }
}
