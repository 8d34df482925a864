using System.Collections.Concurrent;
using System.Globalization;
using Ledger.Model;
using Ledger.Runtime;

namespace Ledger.CrashTests.Writers;

/// <summary>Many processes write to one operation, and are killed and started again at random. What was acknowledged is
/// there, once, in one order for all.</summary>
public sealed class ManyWritersTests
{
    private const int Writers = 8;

    [Theory]
    [InlineData(LogKind.Append, 2_000)]
    [InlineData(LogKind.Chain, 150)]
    public Task Every_acknowledged_entry_is_there_in_one_order_for_all_readers(LogKind kind, int entriesEach) =>
        WriteAndCompareAsync(Ground.Local, kind, entriesEach);

    /// <summary>The same wherever the ledger lies.</summary>
    internal static async Task WriteAndCompareAsync(Ground ground, LogKind kind, int entriesEach)
    {
        await using var ledger = await RealLedger.CreateAsync(
            o => o with { Log = kind, StalenessThreshold = TimeSpan.FromSeconds(20) }, ground);
        await using var initiator = await ledger.Directory.JoinAsync("initiator");
        await using var operation = await initiator.CreateOperationAsync("op");
        var acknowledged = new ConcurrentDictionary<string, long>();
        var kills = await Task.WhenAll(Enumerable.Range(0, Writers)
            .Select(k => WriteAsync(ledger, $"w{k}", entriesEach, new Random(k), acknowledged)));
        Assert.True(kills.Sum() >= Writers, "every writer was to be killed at least once");
        Assert.Equal(Writers * entriesEach, acknowledged.Count);

        // What the killed ones left on the stack is contained and cleaned by the others.
        using var bound = new CancellationTokenSource(WorkerProcess.Bound);
        await operation.WaitForEmptyStackAsync(bound.Token);
        await operation.CompleteAsync();

        var history = await ledger.HistoryAsync("op");
        Assert.Equal(Enumerable.Range(1, history.Count).Select(i => (long)i), history.Select(h => h.Position));
        var started = history.Where(h => h is { Type: EntryType.CallStarted, Outcome.Accepted: true })
            .ToDictionary(h => ((CallStarted)h.Entry.Data).CallId, h => h.Position);
        Assert.All(acknowledged, a => Assert.Equal(a.Value, started[a.Key]));
        Assert.Equal(Fingerprint(ledger), Fingerprint(ledger));
        Assert.Equal(history.Count, Fingerprint(ledger).Count);
    }

    private static async Task<int> WriteAsync(
        RealLedger ledger, string id, int entries, Random random, ConcurrentDictionary<string, long> acknowledged)
    {
        var (written, kills) = (0, 0);
        while (written < entries)
        {
            await using var worker = await ledger.StartAsync(id);
            await worker.DoAsync("join op");
            var left = entries - written;
            // One kill for certain, more at random; the last run may end by itself.
            var killAt = kills == 0 ? random.Next(1, left) : random.Next(1, 2 * entries);
            await worker.SendAsync($"write {id}-{kills} {left}");
            var heard = 0;
            await foreach (var line in worker.LinesAsync())
            {
                var words = line.Split(' ');
                if (words[0] == "error") Assert.Fail(line);
                if (words is ["ok", "write", ..]) break;
                if (words[0] != "acked" || words.Length < 3) continue;
                Assert.True(acknowledged.TryAdd(words[1], long.Parse(words[2], CultureInfo.InvariantCulture)), $"{line} was acknowledged before");
                heard++;
                if (heard != killAt) continue;
                worker.Kill();
                kills++;
            }
            written += heard;
        }
        return kills;
    }

    private static List<(string, long, string, string?)> Fingerprint(RealLedger ledger)
    {
        var result = new List<(string, long, string, string?)>();
        using var reader = new FoldReader(ledger.Directory.OpenLog("op"));
        reader.Read(a => result.Add((a.Entry.Incarnation, a.Entry.Sequence, Wire.Name(a.Entry.Data.Type), a.Outcome.Rejection)));
        return result;
    }
}

/// <summary>As above, half of the writers on each of two mounts of one network drive.</summary>
[Needs(Requirement.NetworkDrive), Collection(DriveTests.Name)]
public sealed class ManyWritersOverNetworkDriveTests(SharedDrive shared)
{
    [ContractFact]
    public Task Every_acknowledged_entry_is_there_in_one_order_for_all_readers() =>
        ManyWritersTests.WriteAndCompareAsync(Ground.On(shared.Drive!), LogKind.Auto, 15);
}
