using Newtonsoft.Json.Linq;

namespace Ledger.CrashTests.Commands;

public sealed class BenchTests : IDisposable
{
    private const int Interrupt = 2;

    private readonly CommandLedger temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task It_measures_a_directory_that_did_not_exist_and_leaves_nothing()
    {
        string[] names = ["append-floor", "commit", "fold", "commit-contended", "chain-floor", "commit-chain", "heartbeat", "notify", "detect-kill", "idle"];
        var path = Path.Combine(temp.Root, "measured");
        var result = await temp.RunAsync(
            [.. names.SelectMany(n => new[] { "--only", n }).Prepend("bench"), "--quick", "--json", "--ledger", path]);
        Assert.True(result.Code == 0, result.Error);
        var json = JObject.Parse(Assert.Single(result.Lines));
        Assert.Equal((path, "append"), ((string?)json["path"], (string?)json["log"]));
        var rows = json["results"]!.ToDictionary(r => (string)r["name"]!);
        Assert.All(names, n => Assert.Contains(n, rows.Keys));
        Assert.Contains("idle-1000-resident", rows.Keys);
        // What can be said without a clock: a commit is more than its system calls, and all figures are there.
        Assert.True((double)rows["commit"]["p50"]! > (double)rows["append-floor"]["p50"]!);
        Assert.All(rows.Values, r => Assert.True((double)r["value"]! > 0, r.ToString()));
        Assert.All(rows.Values.Where(r => r["p50"]!.Type != JTokenType.Null), r => Assert.True((double)r["p50"]! <= (double)r["p99"]!));
        Assert.Empty(Directory.GetFileSystemEntries(temp.Root));
    }

    [Fact]
    public async Task A_crowd_joins_in_full_and_nobody_in_it_is_taken_for_crashed()
    {
        var result = await temp.RunAsync("bench", "--only", "crowd", "--quick", "--json");
        Assert.True(result.Code == 0, result.Error);
        var rows = JObject.Parse(Assert.Single(result.Lines))["results"]!.ToDictionary(r => (string)r["name"]!, r => (double)r["value"]!);
        Assert.Equal(["crowd", "crowd-false-crashes", "crowd-start"], rows.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(0, rows["crowd-false-crashes"]);
        Assert.True(rows["crowd"] > 0 && rows["crowd-start"] > 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_are_told_as_they_come_and_kept_when_it_is_interrupted(bool asJson)
    {
        var path = Path.Combine(temp.Root, "measured");
        string[] args = ["bench", "--only", "heartbeat", "--only", "detect-stop", "--ledger", path];
        using var process = temp.Start(asJson ? [.. args, "--json"] : args);
        if (!asJson)
        {
            await CommandLedger.ReadLineAsync(process); // the heads of the columns
            Assert.StartsWith("heartbeat ", await CommandLedger.ReadLineAsync(process), StringComparison.Ordinal);
        }
        while (await process.StandardError.ReadLineAsync() is { } note && !note.Contains("detect-stop: about", StringComparison.Ordinal)) { }

        CommandLedger.Signal(process, Interrupt);

        var result = await CommandLedger.EndAsync(process);
        Assert.Equal(128 + Interrupt, result.Code);
        if (asJson) Assert.Equal("heartbeat", (string?)Assert.Single(JObject.Parse(Assert.Single(result.Lines))["results"]!)["name"]);
        Assert.Empty(Directory.GetFileSystemEntries(temp.Root));
    }

    [Fact]
    public async Task An_unknown_name_is_refused()
    {
        var result = await temp.RunAsync("bench", "--only", "speed");
        Assert.Equal(2, result.Code);
        Assert.Contains("commit-contended", result.Error, StringComparison.Ordinal);
    }
}
