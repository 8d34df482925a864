using System.Globalization;
using Ledger.Cli.Shared;
using Ledger.Model;
using Ledger.Runtime;

namespace Ledger.Cli.Bench;

/// <summary>What participants cost that only wait.</summary>
internal static class LoadBenches
{
    private const int CrowdProcesses = 100;
    private const int CrowdEach = 10;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CrowdTime = TimeSpan.FromSeconds(60);

    public static async Task<IEnumerable<BenchResult>> IdleAsync(BenchStage stage, CancellationToken cancellationToken)
    {
        var results = new List<BenchResult>();
        foreach (var (name, operations) in new[] { ("idle", 1), ("idle-1000", stage.Count(1000)) })
        {
            var ledger = await stage.LedgerAsync(LogKind.Auto, cancellationToken);
            var process = await stage.StartAsync(ledger, "idler", 1, cancellationToken);
            await BenchStage.TellAsync(process, $"operations {operations}", "holding", cancellationToken);
            await Task.Delay(stage.Time(Settling), TimeProvider.System, cancellationToken);
            var pid = process[0].Pid;
            var cpu = await CpuAsync([pid], stage.Time(Idle), cancellationToken);
            results.Add(new BenchResult(name, "ms", null, null, cpu * 1000, "ms of processor time per second"));
            results.Add(new BenchResult($"{name}-resident", "MB", null, null, ResidentMb(pid), "MB resident"));
            await stage.EndAsync(process);
        }
        return results;
    }

    public static async Task<IEnumerable<BenchResult>> CrowdAsync(BenchStage stage, CancellationToken cancellationToken)
    {
        var ledger = await stage.LedgerAsync(LogKind.Auto, cancellationToken);
        await using var participant = await ledger.JoinAsync("bench", cancellationToken);
        await using var operation = await participant.CreateOperationAsync("crowd", cancellationToken: cancellationToken);
        var begin = TimeProvider.System.GetTimestamp();
        var pids = new List<int> { Environment.ProcessId };
        // A few at a time: all at once they would only wait for the processor, and be late before they have begun.
        foreach (var batch in Enumerable.Range(0, stage.Count(CrowdProcesses)).Chunk(Environment.ProcessorCount))
        {
            var next = await stage.StartAsync(ledger, $"crowd{batch[0]}-", batch.Length, cancellationToken);
            await BenchStage.TellAsync(next, $"crowd crowd {CrowdEach - 1}", "crowded", cancellationToken);
            pids.AddRange(next.Select(p => p.Pid));
        }
        var startSeconds = TimeProvider.System.GetElapsedTime(begin).TotalSeconds;
        var startCpu = Cpu(pids).Values.Sum();
        await Task.Delay(stage.Time(Settling), TimeProvider.System, cancellationToken);
        var cores = await CpuAsync(pids, stage.Time(CrowdTime), cancellationToken);
        var members = (await operation.ReadAsync(cancellationToken)).Members.Count;
        var crashes = Crashes(ledger, operation.Id);
        return
        [
            new BenchResult("crowd-start", "s", null, null, startSeconds,
                string.Create(CultureInfo.InvariantCulture, $"s until all have joined, of {startCpu:0.#} s of processor time")),
            new BenchResult("crowd", "cores", null, null, cores,
                string.Create(CultureInfo.InvariantCulture, $"cores used by {members} participants")),
            new BenchResult("crowd-false-crashes", "count", null, null, crashes.Count, Told(crashes)),
        ];
    }

    private static List<(CrashDetected What, DateTime At)> Crashes(LedgerDirectory ledger, string operationId)
    {
        var crashes = new List<(CrashDetected, DateTime)>();
        using var reader = new FoldReader(ledger.OpenLog(operationId));
        reader.Read(applied =>
        {
            if (applied is { Outcome.Accepted: true, Entry.Data: CrashDetected d })
                crashes.Add((d, DateTime.Parse(applied.Entry.Timestamp, CultureInfo.InvariantCulture)));
        });
        return crashes;
    }

    /// <summary>What they were concluded from, and when: whoever finds some wants to know why.</summary>
    private static string Told(List<(CrashDetected What, DateTime At)> crashes)
    {
        if (crashes.Count == 0) return "crashes declared, none of them real";
        var kinds = crashes.GroupBy(c => c.What.Evidence).Select(g => $"{g.Count()} {Wire.Name(g.Key)}");
        var stale = crashes.Select(c => c.What.StaleForMs).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture, $"crashes declared, none of them real: {string.Join(", ", kinds)}, silent for "
            + $"{stale[0]}-{stale[^1]} ms, within {(crashes[^1].At - crashes[0].At).TotalSeconds:0.0} s");
    }

    /// <summary>Processor time of some processes together, as cores: seconds per second.</summary>
    private static async Task<double> CpuAsync(IReadOnlyList<int> pids, TimeSpan time, CancellationToken cancellationToken)
    {
        var (start, before) = (TimeProvider.System.GetTimestamp(), Cpu(pids));
        await Task.Delay(time, TimeProvider.System, cancellationToken);
        // A thread that has ended meanwhile takes its last slices with it, but must not count backwards.
        var used = Cpu(pids).Sum(t => t.Value - before.GetValueOrDefault(t.Key));
        return used / TimeProvider.System.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Seconds of processor time of each thread, to the nanosecond: /proc/PID/stat counts in hundredths.</summary>
    private static Dictionary<string, double> Cpu(IEnumerable<int> pids)
    {
        var threads = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var thread in pids.SelectMany(pid => Directory.GetDirectories($"/proc/{pid}/task")))
        {
            try
            {
                var text = File.ReadAllText(Path.Combine(thread, "schedstat"));
                threads[thread] = double.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture) / 1e9;
            }
            catch (IOException)
            {
                continue; // it has ended since it was listed
            }
        }
        return threads;
    }

    /// <summary>In millions of bytes.</summary>
    public static double ResidentMb(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
