using System.Globalization;
using System.Text;
using Ledger.Log;
using Ledger.Model;
using Newtonsoft.Json;

namespace Ledger.Soak;

/// <summary>What a soak did and found.</summary>
internal sealed class SoakReport(SoakOptions options, IReadOnlyList<Samples> samples)
{
    private const double RssGrowth = 1.25;
    private const long RssSlackKb = 8 * 1024;
    private const long FdSlack = 16;

    private static readonly string[] LiveDirectories = ["operations", "participants", "temp"];

    private readonly List<long> liveFiles = [];
    private long completed;
    private long failed;
    private long calls;
    private long refused;
    private long told;

    public IReadOnlyList<Samples> Samples => samples;

    public int Kills { get; set; }

    public int Stops { get; set; }

    public long Entries { get; set; }

    public long Torn { get; set; }

    public long Crashes { get; set; }

    public long FalseCrashes { get; set; }

    /// <summary>From the end of the faults until the last operation was archived.</summary>
    public TimeSpan EndedAfter { get; set; }

    /// <summary>Whatever should not be; empty: all is well.</summary>
    public IReadOnlyList<string> Faults { get; private set; } = [];

    private long Operations => completed + failed;

    /// <summary>Files beside the backup: what is live must not pile up.</summary>
    public void Size(string ledger) => liveFiles.Add(LiveDirectories
        .Sum(name => Directory.GetFileSystemEntries(Path.Combine(ledger, name)).Length));

    public void Add(Subject subject) => (calls, refused, told) = (calls + subject.Calls, refused + subject.Refused, told + subject.Told);

    public void Ended(OperationStatus status) => _ = status == OperationStatus.Completed ? completed++ : failed++;

    public void Conclude(IEnumerable<string> found)
    {
        var faults = found.ToList();
        if (completed == 0 || failed == 0 || Crashes == 0) faults.Add("too little happened");
        foreach (var s in samples)
        {
            if (s.RssKb.Last > (s.RssKb.First * RssGrowth) + RssSlackKb) faults.Add($"{s.Id} grew from {s.RssKb.First} to {s.RssKb.Last} KB");
            if (s.Fds.Last > s.Fds.First + FdSlack) faults.Add($"{s.Id} went from {s.Fds.First} to {s.Fds.Last} file handles");
        }
        Faults = faults;
    }

    public string ToText()
    {
        var text = new StringBuilder();
        foreach (var (name, value) in Figures())
            text.AppendLine(CultureInfo.InvariantCulture, $"{name,-16} {value,12:N0}");
        foreach (var s in samples)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"{s.Id,-16} RSS {s.RssKb.First,8:N0} -> {s.RssKb.Last,8:N0} KB   file handles {s.Fds.First,4} -> {s.Fds.Last,4}");
        }
        foreach (var fault in Faults.Take(50)) text.AppendLine(CultureInfo.InvariantCulture, $"fault: {fault}");
        return text.Append(Faults.Count == 0 ? "all is well" : $"{Faults.Count} faults").ToString();
    }

    public string ToJson()
    {
        var text = new StringBuilder();
        using (var w = new JsonTextWriter(new StringWriter(text, CultureInfo.InvariantCulture)))
        {
            w.WriteStartObject();
            foreach (var (name, value) in Figures()) w.Field(name, value);
            w.List("untouched", samples, (x, s) =>
            {
                x.WriteStartObject();
                x.Field("id", s.Id).Field("rssFirstKb", s.RssKb.First).Field("rssLastKb", s.RssKb.Last)
                    .Field("fdsFirst", s.Fds.First).Field("fdsLast", s.Fds.Last);
                x.WriteEndObject();
            });
            w.List("faults", Faults, (x, fault) => x.WriteValue(fault));
            w.WriteEndObject();
        }
        return text.ToString();
    }

    private IEnumerable<(string Name, long Value)> Figures() =>
    [
        ("seconds", (long)options.Load.TotalSeconds), ("processes", options.Processes), ("seed", options.Seed),
        ("operations", Operations), ("completed", completed), ("failed", failed), ("entries", Entries), ("calls", calls),
        ("refused", refused), ("kills", Kills), ("stops", Stops), ("crashes", Crashes), ("falseCrashes", FalseCrashes),
        ("supervisorTold", told), ("tornRecords", Torn), ("mostLiveFiles", liveFiles.DefaultIfEmpty(0).Max()),
        ("endedAfterMs", (long)EndedAfter.TotalMilliseconds),
    ];
}
