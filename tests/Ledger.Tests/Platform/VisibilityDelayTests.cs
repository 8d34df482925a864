using Ledger.Model;
using Ledger.Platform;
using Ledger.Rules;

namespace Ledger.Tests.Platform;

public sealed class VisibilityDelayTests : IDisposable
{
    private readonly ScratchDirectory scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void On_a_disk_of_ones_own_it_is_short_and_leaves_nothing()
    {
        var delay = VisibilityDelay.Measure(Disks.ForRealFileSystem(isLocal: false), scratch.Root, TimeProvider.System);
        Assert.InRange(delay, TimeSpan.FromTicks(1), VisibilityDelay.Bound);
        Assert.Empty(Directory.GetFileSystemEntries(scratch.Root));
    }

    [Fact]
    public void The_longest_delay_of_either_way_to_see_counts()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(300), Measure(staleReads: 3, staleLists: 0));
        Assert.Equal(TimeSpan.FromMilliseconds(700), Measure(staleReads: 3, staleLists: 7));
        Assert.Empty(Directory.GetFileSystemEntries(scratch.Root));
    }

    [Fact]
    public void What_is_never_seen_is_refused_with_the_remedy()
    {
        var refused = Assert.Throws<LedgerStorageException>(() => Measure(staleReads: 0, staleLists: int.MaxValue));
        Assert.Equal(scratch.Root, refused.Path);
        Assert.Contains("without caching", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(scratch.Root));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1.2, 4)]
    [InlineData(2000, 6000)]
    public void The_threshold_is_three_delays_at_least(double delayMs, long thresholdMs) =>
        Assert.Equal(thresholdMs, Timers.LeastThresholdMs(TimeSpan.FromMilliseconds(delayMs)));

    private TimeSpan Measure(int staleReads, int staleLists)
    {
        var time = new SteppedTime();
        return VisibilityDelay.Measure(new LateDisk(new UnixDisk(isLocal: false), time, staleReads, staleLists), scratch.Root, time);
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public void Step() => ticks += 100 * TimeSpan.TicksPerMillisecond;
    }

    /// <summary>Shows old answers some times before each new one; each look takes 100 ms.</summary>
    private sealed class LateDisk(IDisk disk, SteppedTime time, int staleReads, int staleLists) : PassingDisk(disk)
    {
        private int reads;
        private int lists;

        public override byte[]? ReadAll(string path, int limit) => IsStale(ref reads, staleReads) ? [] : base.ReadAll(path, limit);

        public override IReadOnlyList<string>? List(string directory) => IsStale(ref lists, staleLists) ? [] : base.List(directory);

        private bool IsStale(ref int count, int stale)
        {
            if (count++ == stale)
            {
                count = 0;
                return false;
            }
            time.Step();
            return true;
        }
    }
}
