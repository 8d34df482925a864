using System.Globalization;
using Ledger.Log.Segments;
using Ledger.Runtime;
using Ledger.Worker;

namespace Ledger.CrashTests.Writers;

/// <summary>Four processes write to one group's log without pause, while it goes from segment to segment. One sleeps until
/// its segment is deleted, one is killed and started again.</summary>
public sealed class LongLogTests
{
    private const int Writers = 4;
    private const int Tells = 50;
    private const int OtherFiles = 50;

    /// <summary>What a segment may have before the test calls it unbounded: the limit, and what raced with the seal.</summary>
    private const long MostBytesOfSegment = 4 * 1024 * 1024;

    [Theory]
    [InlineData(LogKind.Append, 50_000, 10_000)]
    [InlineData(LogKind.Chain, 1_250, 200)]
    public async Task A_long_log_stays_short_and_loses_and_repeats_nothing(LogKind kind, int each, int sealAfter)
    {
        await using var ledger = await RealLedger.CreateAsync(o => o with { Log = kind });
        var context = Opening.Open(new LedgerOptions { Path = ledger.Path });
        Assert.True(CountLoop.TryBegin(context));
        Assert.False(CountLoop.TryBegin(context));
        Task<WorkerProcess> StartAsync(int k) => WorkerProcess.StartAsync(
            ["count", ledger.Path, $"w{k}", $"{each}", $"{each / Tells}", $"{sealAfter}"]);

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

        while (Newest(context) < asleepAt + SegmentStore.Kept + 2) await other.HearAsync("at");
        sleeper.Continue();

        WorkerProcess[] all = [steady, other, sleeper, successor];
        foreach (var worker in all[1..]) await worker.HearAsync("counted");
        var largest = await watching;
        var states = new List<string>();
        foreach (var worker in all)
        {
            await worker.SendAsync("state");
            states.Add(await worker.HearAsync("state"));
        }
        Assert.Single(states.Distinct()); // one order for all
        var words = states[0].Split(' ').Skip(1).Select(w => long.Parse(w, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal((0, 0, Writers * each), (words[2], words[3], words[4])); // none missing, none twice, all of them
        Assert.InRange(words[5], Writers * each / sealAfter / 2, (Writers * each / sealAfter) + 1);
        RequireBounded(DiskUse.Of(ledger.Path), SegmentStore.Kept + 1, sealAfter);
        // A seal was under way in some moments: two live ones, and one more that was moved away already.
        RequireBounded(largest, SegmentStore.Kept + 3, sealAfter);
    }

    /// <summary>The most that lay on the disk while a worker wrote.</summary>
    private static async Task<DiskUse> WatchAsync(WorkerProcess worker, string ledger)
    {
        var largest = DiskUse.Of(ledger);
        while ((await worker.HearAsync("at", "counted")).StartsWith("at", StringComparison.Ordinal))
            largest = largest.Or(DiskUse.Of(ledger));
        return largest;
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
