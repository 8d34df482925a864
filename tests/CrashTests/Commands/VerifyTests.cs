using System.Text;
using Newtonsoft.Json.Linq;

namespace Ledger.CrashTests.Commands;

public sealed class VerifyTests : IDisposable
{
    private readonly CommandLedger temp = new();

    public void Dispose() => temp.Dispose();

    public static TheoryData<string, string> BadRecords => new()
    {
        { "garbage", "\u0001\u0002 not json at all" },
        { "foreign JSON", "{\"hello\":\"world\"}" },
        { "one megabyte", "{\"crc\":\"" + new string('x', 1 << 20) },
        { "deep nesting", new string('[', 5000) + new string(']', 5000) },
        { "a wrong checksum", "{\"crc\":\"00000000\",\"nonce\":\"n\",\"seq\":1}" },
    };

    [Theory]
    [MemberData(nameof(BadRecords))]
    public async Task A_bad_record_is_named_and_everything_behind_it_still_counts(string what, string record)
    {
        await CreateAsync();
        await AppendAsync("\n" + record + "\n");
        await AbortAsync();
        var result = await temp.RunAsync("verify", "op", "--json");
        Assert.Equal(1, result.Code);
        var json = JObject.Parse(result.Output);
        Assert.True(json["bad"]!.Count() == 1, $"{what}: {result.Output}");
        Assert.Empty(json["torn"]!);
        Assert.False((bool)json["ok"]!);
        // On a slow machine the command has moved it to the backup first.
        Assert.Contains("log.jsonl:", (string?)json["bad"]![0]!["where"], StringComparison.Ordinal);
        Assert.Equal("failed", (string?)JObject.Parse((await temp.RunAsync("show", "op", "--json")).Output)["state"]);
    }

    [Fact]
    public async Task Torn_records_are_told_apart_and_harmless()
    {
        await CreateAsync();
        await AppendAsync("\n{\"crc\":\"0123abcd\",\"nonce\":\"half of a rec\n");
        await AbortAsync();
        await AppendAsync("\n{\"crc\":\"0123abcd\",\"non");
        var result = await temp.RunAsync("verify", "--json");
        Assert.Equal(0, result.Code);
        var json = JObject.Parse(Assert.Single(result.Lines));
        Assert.Equal(2, json["torn"]!.Count());
        Assert.Empty(json["bad"]!);
        Assert.True((bool)json["ok"]!);
    }

    [Fact]
    public async Task A_log_that_never_began_is_bad_and_the_others_are_checked_all_the_same()
    {
        await CreateAsync();
        await File.WriteAllTextAsync(Path.Combine(temp.Path, "operations", "other.log.jsonl"), "rubbish\n", Encoding.UTF8);
        var result = await temp.RunAsync("verify", "--json");
        Assert.Equal(1, result.Code);
        var reports = result.Lines.Select(JObject.Parse).ToDictionary(j => (string)j["operationId"]!, j => (bool)j["ok"]!);
        Assert.Equal(new Dictionary<string, bool> { ["op"] = true, ["other"] = false }, reports);
        Assert.Equal(4, (await temp.RunAsync("show", "other")).Code);
        Assert.Equal(0, (await temp.RunAsync("ls")).Code);
    }

    [Fact]
    public async Task Entries_and_rejections_are_counted()
    {
        var ledger = await temp.OpenAsync();
        await using (var participant = await ledger.JoinAsync("cli"))
        await using (var operation = await participant.CreateOperationAsync("op"))
        {
            await operation.StartCallAsync("a");
            await Assert.ThrowsAsync<Ledger.Model.ProposalRejectedException>(async () => await operation.StartCallAsync("a"));
        }
        var json = JObject.Parse((await temp.RunAsync("verify", "op", "--json")).Output);
        Assert.Equal(1, (int)json["rejected"]!);
        Assert.Equal(ledger.Read("op").Position, (long)json["entries"]!);
    }

    private async Task CreateAsync()
    {
        var ledger = await temp.OpenAsync();
        var participant = await ledger.JoinAsync("cli");
        await participant.CreateOperationAsync("op");
        // Left without a word: the log stays as it is.
        participant.Core.Dispose();
        participant.Core.Heartbeat.End();
    }

    private async Task AbortAsync()
    {
        var ledger = await temp.OpenAsync();
        await using var participant = await ledger.JoinAsync("other");
        await participant.AbortAsync("op");
    }

    private Task AppendAsync(string bytes) => File.AppendAllTextAsync(Path.Combine(temp.Path, "operations", "op.log.jsonl"), bytes);
}
