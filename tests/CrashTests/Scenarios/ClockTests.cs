using System.Globalization;
using Ledger.Log;
using Ledger.Model;

namespace Ledger.CrashTests.Scenarios;

/// <summary>Processes whose clocks differ by hours.</summary>
public sealed class ClockTests
{
    [FakeTimeFact]
    public async Task A_clock_an_hour_off_causes_no_alarm_and_no_decision()
    {
        await using var l = await RealLedger.CreateAsync();
        var cli = await l.StartAsync("cli");
        var ahead = await l.StartAsync("ahead", FakeTimeFactAttribute.Shifted("+1h"));
        var behind = await l.StartAsync("behind", FakeTimeFactAttribute.Shifted("-1h"));
        await cli.DoAsync("create op");
        await cli.DoAsync("call cli");
        foreach (var (worker, name) in new[] { (ahead, "ahead"), (behind, "behind") })
        {
            await worker.DoAsync("join op");
            await worker.DoAsync($"call {name} caller=cli");
        }
        // Thirty beats are three thresholds: whoever judged by clocks had ample time to.
        foreach (var name in new[] { "cli", "ahead", "behind" }) await BeatsAsync(l, name, 30);
        await ahead.DoAsync("end ahead");
        await behind.DoAsync("end behind");
        await cli.DoAsync("end cli");
        await cli.DoAsync("complete");
        var history = await l.HistoryAsync("op");
        Assert.Equal(OperationStatus.Completed, history[^1].State.Status);
        Assert.DoesNotContain(history, h => h.Type == EntryType.CrashDetected);
        // The shift was real: it shows in what is written for people.
        var times = history.Select(h => DateTimeOffset.Parse(h.Entry.Timestamp, CultureInfo.InvariantCulture)).ToList();
        Assert.True(times.Max() - times.Min() > TimeSpan.FromMinutes(110), "the clocks were not shifted");
    }

    private static async Task BeatsAsync(RealLedger ledger, string participantId, int count)
    {
        var record = Directory.GetFiles(Path.Combine(ledger.Path, "participants"), $"{participantId}~*.json").Single();
        using var bound = new CancellationTokenSource(WorkerProcess.Bound);
        var beats = new HashSet<string>();
        while (beats.Count < count)
        {
            // Half of a beat is no beat.
            if (HeartbeatRecord.Parse(await File.ReadAllBytesAsync(record, bound.Token)) is { } contents) beats.Add(contents.Time);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, bound.Token);
        }
    }
}

/// <summary>A fact that needs libfaketime.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FakeTimeFactAttribute : FactAttribute
{
    public FakeTimeFactAttribute()
    {
        if (Library is null) Skip = "needs libfaketime (Debian package: faketime)";
    }

    private static string? Library { get; } = new[] { "x86_64-linux-gnu", "aarch64-linux-gnu" }
        .Select(machine => $"/usr/lib/{machine}/faketime/libfaketime.so.1").FirstOrDefault(File.Exists);

    /// <summary>The environment of a process with a shifted clock.</summary>
    public static Dictionary<string, string> Shifted(string by) => new() { ["LD_PRELOAD"] = Library!, ["FAKETIME"] = by };
}
