using System.Globalization;
using Ledger.Log.Segments;
using Ledger.Runtime;
using Ledger.Worker;

namespace Ledger.CrashTests.Writers;

/// <summary>Four processes write to one group's log without pause, while it goes from segment to segment. One sleeps until
/// its segment is deleted, one is killed and started again.</summary>
public sealed class LongLogTests
{
    /// <summary>How many the log goes through at least.</summary>
    private const int Segments = 40;

    private const int TellsPerSegment = 10;
    private const int OtherFiles = 50;

    /// <summary>What a segment may have before the test calls it unbounded: the limit, and what raced with the seal.</summary>
    private const long MostBytesOfSegment = 4 * 1024 * 1024;

    [Theory]
    [InlineData(LogKind.Append, 5_000)]
    [InlineData(LogKind.Chain, 200)]
    public async Task A_long_log_stays_short_and_loses_and_repeats_nothing(LogKind kind, int sealAfter)
    {
        await using var ledger = await RealLedger.CreateAsync(o => o with { Log = kind });
        var context = Opening.Open(new LedgerOptions { Path = ledger.Path });
        Assert.True(CountLoop.TryBegin(context));
        Assert.False(CountLoop.TryBegin(context));
        Task<WorkerProcess> StartAsync(int k) =>
            WorkerProcess.StartAsync(["count", ledger.Path, $"w{k}", $"{sealAfter / TellsPerSegment}", $"{sealAfter}"]);

        await using var steady = await StartAsync(0);
        await using var other = await StartAsync(1);
        await using var sleeper = await StartAsync(2);
        await using var killed = await StartAsync(3);
        foreach (var worker in new[] { steady, other, sleeper, killed }) await worker.SendAsync("go");
        var watching = WatchAsync(steady, ledger.Path);
        for (var i = 0; i < 3; i++) await sleeper.HearAsync("at");
        sleeper.Stop();
        var asleepAt = Newest(context);
        for (var i = 0; i < 4; i++) await killed.HearAsync("at");
        killed.Kill();
        await killed.ExitedAsync();
        await using var successor = await StartAsync(3);
        await successor.SendAsync("go");

        // Nobody stops writing before that: how fast one is beside the others does not matter.
        await ReachAsync(Math.Max(asleepAt + SegmentStore.Kept + 2, Segments), other, context, sealAfter);
        sleeper.Rest().Clear();
        sleeper.Continue();
        for (var i = 0; i < 2; i++) await sleeper.HearAsync("at");
        WorkerProcess[] all = [steady, other, sleeper, successor];
        foreach (var worker in all) await worker.SendAsync("enough");
        var largest = await watching;
        var counted = new List<long> { largest.Counted };
        foreach (var worker in all[1..])
        {
            var said = Numbers(await worker.HearAsync("counted"));
            counted.Add(said[0]);
            if (worker == sleeper) Assert.NotEqual(0, said[1]); // it went on behind what is not there any more
        }
        var states = new List<string>();
        foreach (var worker in all)
        {
            await worker.SendAsync("state");
            states.Add(await worker.HearAsync("state"));
        }
        Assert.Single(states.Distinct()); // one order for all
        var state = Numbers(states[0]);
        Assert.Equal((0, 0, counted.Sum()), (state[2], state[3], state[4])); // none missing, none twice, all of them
        Assert.InRange(state[5], counted.Sum() / sealAfter / 2, (counted.Sum() / sealAfter) + 1);
        RequireBounded(DiskUse.Of(ledger.Path), SegmentStore.Kept + 1, sealAfter);
        // A seal was under way in some moments: two live ones, and one more that was moved away already.
        RequireBounded(largest.Use, SegmentStore.Kept + 3, sealAfter);
    }

    /// <summary>Listens to a writer until the log has a segment of this number.</summary>
    private static async Task ReachAsync(long segment, WorkerProcess writer, LedgerContext ledger, int sealAfter)
    {
        while (Newest(ledger) < segment)
        {
            var at = Numbers(await writer.HearAsync("at"))[0];
            Assert.True(at < 2 * segment * sealAfter, $"it has written {at} itself, and the log is at segment {Newest(ledger)}");
        }
    }

    private static List<long> Numbers(string line) =>
        [.. line.Split(' ').Skip(1).Select(w => long.Parse(w, CultureInfo.InvariantCulture))];

    /// <summary>The most that lay on the disk while a worker wrote, and how much that was.</summary>
    private static async Task<(DiskUse Use, long Counted)> WatchAsync(WorkerProcess worker, string ledger)
    {
        var largest = DiskUse.Of(ledger);
        while (true)
        {
            var line = await worker.HearAsync("at", "counted");
            if (line.StartsWith("counted", StringComparison.Ordinal)) return (largest, Numbers(line)[0]);
            largest = largest.Or(DiskUse.Of(ledger));
        }
    }

    private static long Newest(LedgerContext ledger)
    {
        var (number, log) = ledger.Segments.TryOpenNewest(CountLoop.Group)!.Value;
        log.Dispose();
        return number;
    }

    private static void RequireBounded(DiskUse use, int segments, int sealAfter)
    {
        Assert.InRange(use.Segments, 1, segments);
        Assert.InRange(use.Bytes, 1, segments * MostBytesOfSegment);
        // Of a chain each record is a file.
        Assert.InRange(use.Files, 1, (segments * sealAfter * 3 / 2) + OtherFiles);
    }

    private readonly record struct DiskUse(int Segments, long Bytes, int Files)
    {
        public DiskUse Or(DiskUse other) => new(Math.Max(Segments, other.Segments), Math.Max(Bytes, other.Bytes), Math.Max(Files, other.Files));

        public static DiskUse Of(string ledger)
        {
            var layout = new Log.LedgerLayout(ledger);
            var names = Directory.EnumerateFileSystemEntries(ledger).Select(Path.GetFileName)
                .Where(name => SegmentName.OfLive(name!) is not null)
                .Concat(Directory.Exists(layout.Segments) ? Directory.EnumerateDirectories(layout.Segments) : []);
            var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
            var files = new DirectoryInfo(ledger).EnumerateFiles("*", options).Select(LengthOf).ToList();
            return new DiskUse(names.Count(), files.Sum(), files.Count);
        }

        private static long LengthOf(FileInfo file)
        {
            try
            {
                return file.Length;
            }
            catch (FileNotFoundException)
            {
                return 0; // moved away or deleted meanwhile
            }
        }
    }
}
