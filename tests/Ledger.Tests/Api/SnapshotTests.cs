using Ledger.Platform;
using Ledger.Testing;
using Ledger.Tests.Platform;
using Ledger.Tests.Runtime;
using Newtonsoft.Json.Linq;

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

    [Needs(Requirement.Linux)]
    public sealed class OnALocalDisk : IDisposable
    {
        private readonly TempLedger ledger = new();

        public void Dispose() => ledger.Dispose();

        [ContractFact]
        public async Task A_file_is_refreshed_in_place_and_is_whole_whenever_it_is_read()
        {
            await using var participant = await JoinAsync();
            await using var operation = await participant.CreateOperationAsync("op", "ä \"lastHeartbeat\": \"x\"");
            await using var call = await operation.StartCallAsync("call");
            await Eventually.True(() => Read() is { } s && s["stack"]!.Any(), "the call");
            var (file, first) = (Identity(), Beat());

            var seen = new HashSet<string>();
            await Eventually.True(() => seen.Add(Beat()) && seen.Count > 20, "twenty beats");
            Assert.Equal(file, Identity());
            Assert.All(seen, beat => Assert.True(string.CompareOrdinal(beat, first) >= 0));

            await call.EndAsync();
            await Eventually.True(() => !Read()!["stack"]!.Any(), "the end of the call");
            Assert.NotEqual(file, Identity());
        }

        [ContractFact]
        public async Task A_file_that_another_published_is_left_alone_and_replaced()
        {
            await using var participant = await JoinAsync();
            await using var operation = await participant.CreateOperationAsync("op");
            await Eventually.True(() => File.Exists(Path), "the file");
            new UnixDisk(isLocal: true).Replace(Path, "somebody else's"u8);

            await Eventually.True(() => File.ReadAllText(Path) != "somebody else's", "a file of its own again");
            Assert.Equal("op", (string?)Read()!["operationId"]);

            File.Delete(Path);
            await Eventually.True(() => File.Exists(Path), "the file again");
            Assert.Equal("op", (string?)Read()!["operationId"]);
        }

        private string Path => System.IO.Path.Combine(ledger.Path, "operations", "op.json");

        private async Task<LedgerParticipant> JoinAsync()
        {
            var directory = await ledger.OpenAsync(o => o with { HeartbeatInterval = TimeSpan.FromMilliseconds(20), StalenessThreshold = TimeSpan.FromSeconds(5) });
            return await directory.JoinAsync("p");
        }

        private JObject? Read() => File.Exists(Path) ? JObject.Parse(File.ReadAllText(Path)) : null;

        /// <summary>Dates stay text: what is compared is what is written.</summary>
        private string Beat()
        {
            var text = File.ReadAllText(Path);
            Assert.NotNull(JObject.Parse(text));
            var name = "\"lastHeartbeat\": \"";
            return text[(text.IndexOf(name, StringComparison.Ordinal) + name.Length)..][..24];
        }

        private string? Identity() => new UnixDisk(isLocal: true).Identity(Path);
    }
}
