using Ledger.Testing;

namespace Ledger.Tests.Api;

/// <summary>The operations' files, which people and other programs read.</summary>
public sealed class SnapshotTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(30, 12)]
    public async Task Every_file_is_refreshed_in_turn_however_many_there_are(int operations, int withinIntervals)
    {
        var ledger = new SimulatedLedger();
        var only = await ledger.StartAsync("only");
        for (var i = 0; i < operations; i++) await only.Participant.CreateOperationAsync($"op{i:00}");
        ledger.Advance(TimeSpan.FromSeconds(withinIntervals));
        var before = Files();
        Assert.Equal(operations, before.Count);

        ledger.Advance(TimeSpan.FromSeconds(withinIntervals));

        var after = Files();
        Assert.All(before, f => Assert.NotEqual(f.Value, after[f.Key])); // the heartbeats in them have gone on

        Dictionary<string, string> Files() => ledger.Files.Directory.GetFiles("/ledger/operations", "*.json")
            .ToDictionary(f => f, f => ledger.Files.File.ReadAllText(f));
    }
}
