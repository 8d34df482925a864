using Ledger.Cli.Commands;
using Ledger.Cli.Rendering;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Ledger.Cli.Tests.Commands;

/// <summary>The JSON that outside programs rely on, field by field.</summary>
public sealed class JsonShapeTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Ls_prints_id_state_start_frames_initiator_and_whether_it_is_archived()
    {
        using var temp = new TempLedger();
        await using var story = await Story.BeginAsync(temp);
        var json = Parse(OperationTable.Json(story.Ledger.List().Single()));
        AssertFields(json, "operationId", "state", "startTime", "frames", "initiator", "archived");
        Assert.Equal("op1", (string?)json["operationId"]);
        Assert.Equal("running", (string?)json["state"]);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string?)json["startTime"]);
        Assert.Equal(2, (int)json["frames"]!);
        Assert.Equal("cli", (string?)json["initiator"]);
        Assert.Equal(JTokenType.Boolean, json["archived"]!.Type);
    }

    [Fact]
    public async Task Show_prints_the_state_with_liveness_of_each_frame()
    {
        using var temp = new TempLedger();
        await using var story = await Story.BeginAsync(temp);
        var json = Parse((await Glance.TakeAsync(story.Ledger, "op1", null, default)).Json());
        AssertFields(json, "operationId", "state", "position", "startTime", "initiator", "lastHeartbeat", "aborted", "description",
            "cause", "participants", "stack", "supervisorHeartbeats", "leftBehind", "archived");
        Assert.False((bool)json["archived"]!);
        Assert.Equal(JTokenType.Null, json["cause"]!.Type);
        var frame = (JObject)json["stack"]![1]!;
        AssertFields(frame, "participantId", "incarnation", "callId", "callerId", "fencingToken", "pid", "host", "startTime",
            "lastHeartbeat", "state", "cancelled", "supervisorId", "supervisorHandle", "failOnCrash", "description", "resources",
            "liveness", "livenessReason", "heartbeatAgeMs");
        Assert.Equal("b", (string?)frame["callId"]);
        Assert.Equal("a", (string?)frame["callerId"]);
        Assert.Equal("active", (string?)frame["state"]);
        Assert.Equal("alive", (string?)frame["liveness"]);
        Assert.Equal(Environment.ProcessId, (int)frame["pid"]!);
        Assert.InRange((long)frame["heartbeatAgeMs"]!, 0, 60_000);
        Assert.Equal("sup", (string?)frame["supervisorId"]);
    }

    [Fact]
    public async Task Log_prints_each_entry_with_its_outcome_and_the_state_after_it()
    {
        using var temp = new TempLedger();
        await using var story = await Story.BeginAsync(temp);
        await story.Cli.AbortAsync("op1", "enough");
        await story.First.WaitForTerminalAsync().WaitAsync(Bound);
        var entries = new List<JObject>();
        await foreach (var change in story.Ledger.StateChanges("op1", follow: false)) entries.Add(Parse(EventLines.Json(change)));
        foreach (var entry in entries)
        {
            AssertFields(entry, "position", "timestamp", "type", "participantId", "incarnation", "outcome", "reason", "state", "data");
            Assert.Contains((string?)entry["outcome"], new[] { "accepted", "rejected" });
            Assert.Equal((string?)entry["outcome"] == "accepted", entry["reason"]!.Type == JTokenType.Null);
        }
        Assert.Equal(Enumerable.Range(1, entries.Count).Select(i => (long)i), entries.Select(e => (long)e["position"]!));
        Assert.Equal("operationCreated", (string?)entries[0]["type"]);
        var start = entries.Single(e => (string?)e["data"]!["callId"] == "b" && (string?)e["type"] == "callStarted");
        Assert.Equal("a", (string?)start["data"]!["callerId"]);
        Assert.Equal((long)start["position"]!, (long)start["data"]!["fencingToken"]!);
        var abort = entries.Single(e => (string?)e["type"] == "abortRequested");
        Assert.Equal("enough", (string?)abort["data"]!["reason"]);
        Assert.Equal("cleanup", (string?)abort["state"]);
        var removed = entries.Where(e => (string?)e["type"] == "frameRemoved").SelectMany(e => e["data"]!["removed"]!.Values<string>());
        Assert.Equal(["a", "b"], removed.Order(StringComparer.Ordinal));
        Assert.Equal("failed", (string?)entries.Last(e => (string?)e["outcome"] == "accepted")["state"]);
    }

    [Fact]
    public async Task A_line_of_all_operations_has_the_operations_id_in_front()
    {
        using var temp = new TempLedger();
        await using var story = await Story.BeginAsync(temp);
        await foreach (var change in story.Ledger.StateChanges("op1", follow: false))
        {
            var json = Parse(EventLines.JsonWithOperation(change));
            Assert.Equal("operationId", json.Properties().First().Name);
            Assert.Equal("op1", (string?)json["operationId"]);
            Assert.Equal(change.Position, (long)json["position"]!);
        }
    }

    [Fact]
    public async Task Wait_prints_id_state_and_cause()
    {
        using var temp = new TempLedger();
        await using var story = await Story.BeginAsync(temp);
        await story.Cli.AbortAsync("op1", "enough");
        var json = Parse(WaitCommand.Json(story.Ledger.Read("op1")));
        AssertFields(json, "operationId", "state", "cause");
        AssertFields((JObject)json["cause"]!, "type", "callId", "participantId", "reason");
        Assert.Equal("aborted", (string?)json["cause"]!["type"]);
    }

    [Fact]
    public void Verify_prints_counts_and_faults()
    {
        var report = new VerifyReport("op1", false, 7, 2, [new RecordFault("x:1", "cut off")], [new RecordFault("x:2", "not an entry")]);
        var json = Parse(VerifyCommand.Json(report));
        AssertFields(json, "operationId", "entries", "rejected", "torn", "bad", "ok");
        AssertFields((JObject)json["bad"]![0]!, "where", "why");
        Assert.Equal("x:1", (string?)json["torn"]![0]!["where"]);
        Assert.False((bool)json["ok"]!);
        Assert.Equal((7L, 2L), ((long)json["entries"]!, (long)json["rejected"]!));
    }

    private static JObject Parse(string line)
    {
        Assert.DoesNotContain('\n', line);
        return JsonConvert.DeserializeObject<JObject>(line, new JsonSerializerSettings { DateParseHandling = DateParseHandling.None })!;
    }

    private static void AssertFields(JObject json, params string[] names) => Assert.Equal(names, json.Properties().Select(p => p.Name));

    /// <summary>Two participants with a call each, one below the other.</summary>
    private sealed class Story(LedgerDirectory ledger, LedgerParticipant cli, LedgerParticipant bridge, Operation first) : IAsyncDisposable
    {
        public LedgerDirectory Ledger => ledger;

        public LedgerParticipant Cli => cli;

        public Operation First => first;

        public static async Task<Story> BeginAsync(TempLedger temp)
        {
            var ledger = await temp.OpenAsync();
            var cli = await ledger.JoinAsync("cli");
            var bridge = await ledger.JoinAsync("bridge");
            var first = await cli.CreateOperationAsync("op1");
            var second = await bridge.JoinOperationAsync("op1");
            await first.StartCallAsync("a");
            await second.StartCallAsync("b", new CallOptions { CallerId = "a", SupervisorId = "sup" });
            return new Story(ledger, cli, bridge, first);
        }

        public async ValueTask DisposeAsync()
        {
            await bridge.DisposeAsync();
            await cli.DisposeAsync();
        }
    }
}
