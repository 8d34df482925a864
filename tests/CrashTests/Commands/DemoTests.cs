using Newtonsoft.Json.Linq;

namespace Ledger.CrashTests.Commands;

public sealed class DemoTests : IDisposable
{
    private readonly CommandLedger temp = new();

    public void Dispose() => temp.Dispose();

    [Theory]
    [InlineData("bridge-crash", 2)]
    [InlineData("bridge-hang", 2)]
    [InlineData("happy", 0)]
    [InlineData("abort", 3)]
    [InlineData("nested", 9)]
    public async Task Each_story_ends_as_it_must_and_leaves_nothing(string scenario, int told)
    {
        var result = await temp.RunAsync("demo", scenario, "--json");
        Assert.True(result.Code == 0, result.Output + result.Error);
        var events = result.Lines.Select(JObject.Parse).ToList();
        var end = events[^1];
        Assert.Equal("result", (string?)end["event"]);
        Assert.True((bool)end["ok"]!);
        Assert.Empty(end["faults"]!);
        Assert.Equal(told, ((JObject)end["figuresMs"]!).Properties().Count(p => p.Name.EndsWith(" told", StringComparison.Ordinal)));
        Assert.Equal(scenario == "bridge-hang", events.Exists(e => (string?)e["event"] == "fenced"));
        Assert.Empty(Directory.GetFileSystemEntries(temp.Root));
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task Interrupted_it_ends_its_processes_and_removes_its_directory()
    {
        var demo = temp.Start("demo", "nested", "--json");
        var pids = new List<int>();
        while (pids.Count < 2)
        {
            var line = JObject.Parse(await CommandLedger.ReadLineAsync(demo));
            var match = System.Text.RegularExpressions.Regex.Match((string?)line["text"] ?? "", @"\(pid (\d+) on ");
            if (match.Success) pids.Add(int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        }
        CommandLedger.Signal(demo, 2);
        Assert.Equal(130, (await CommandLedger.EndAsync(demo)).Code);
        Assert.All(pids, pid => Assert.False(Directory.Exists($"/proc/{pid}"), $"{pid} is still there"));
        Assert.Empty(Directory.GetFileSystemEntries(temp.Root));
    }

    [Fact]
    public async Task Kept_it_can_be_looked_at_with_the_other_commands()
    {
        var result = await temp.RunAsync("demo", "happy", "--keep");
        Assert.Equal(0, result.Code);
        var kept = Path.Combine(Assert.Single(Directory.GetDirectories(temp.Root)), "ledger");
        Assert.Contains(kept, result.Output, StringComparison.Ordinal);
        var log = await temp.RunAsync("log", "demo", "--ledger", kept);
        Assert.Equal(0, log.Code);
        Assert.Contains("completed", log.Lines[^1], StringComparison.Ordinal);
    }
}
