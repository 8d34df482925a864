using System.Globalization;
using Ledger.Testing;
using Newtonsoft.Json.Linq;

namespace Ledger.Tests.Scenarios;

/// <summary>Many participants in one operation: what each spends does not grow with their number.</summary>
public sealed class CrowdScenarios
{
    private const int Few = 40;
    private const int Many = 120;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Observed = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Waiting_costs_one_participant_no_more_file_calls_among_many_than_among_few()
    {
        var few = await CrowdAsync(Few);
        var many = await CrowdAsync(Many);

        var (calm, crowded) = (Calls(few, "p20", Observed), Calls(many, "p20", Observed));

        // Three neighbours, the initiator and one in turn are looked at twice a second.
        Assert.InRange(calm, 20, 1000);
        Assert.InRange(crowded, 20, calm * 11 / 10);
    }

    [Fact]
    public async Task Who_writes_the_operations_file_is_bound_too_and_tells_everybodys_heartbeat_in_turn()
    {
        var few = await CrowdAsync(Few);
        var many = await CrowdAsync(Many);

        var (calm, crowded) = (Calls(few, "p0", Observed), Calls(many, "p0", Observed));

        Assert.InRange(crowded, 20, calm * 11 / 10);
        var oldest = JObject.Parse(many.Files.File.ReadAllText("/ledger/operations/op.json"))["participants"]!
            .Select(p => DateTime.Parse((string)p["lastHeartbeat"]!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal)).Min();
        Assert.InRange(many.Time.GetUtcNow().UtcDateTime - oldest, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Others_that_join_cost_those_who_are_there_the_same_among_many_as_among_few()
    {
        var few = await CrowdAsync(Few);
        var many = await CrowdAsync(Many);

        Assert.InRange(await CallsWhileJoiningAsync(many), 20, await CallsWhileJoiningAsync(few) * 11 / 10);
    }

    [Fact]
    public async Task Whoever_freezes_or_is_killed_in_a_crowd_is_found_in_time_by_those_near_it_and_nobody_else_is_accused()
    {
        var ledger = await CrowdAsync(Few, host: i => $"h{i % 3}");
        var (frozen, killed) = (ledger.Participants[7], ledger.Participants[8]);
        frozen.Freeze();
        killed.Crash();

        await ledger.RunUntilAsync(() => Crashed(ledger).Count == 2, TimeSpan.FromSeconds(7));

        Assert.Equal(["p7", "p8"], Crashed(ledger));
        ledger.Advance(TimeSpan.FromSeconds(60)); // longer than a whole round: not to be looked at is no silence
        Assert.Equal(["p7", "p8"], Crashed(ledger));
    }

    private static ValueTask<SimulatedLedger> CrowdAsync(int members, Func<int, string>? host = null) =>
        SimulatedLedger.DetachedAsync(GatherAsync(members, host ?? (_ => "h1")));

    private static async Task<SimulatedLedger> GatherAsync(int members, Func<int, string> host)
    {
        var ledger = new SimulatedLedger();
        for (var i = 0; i < members; i++)
        {
            var next = await ledger.StartAsync($"p{i}", host(i));
            await (i == 0 ? next.Participant.CreateOperationAsync("op") : next.Participant.JoinOperationAsync("op"));
        }
        ledger.Advance(Settling);
        return ledger;
    }

    private static long Calls(SimulatedLedger ledger, string id, TimeSpan during)
    {
        var calls = 0L;
        var files = ledger.Participants.Single(p => p.Id == id).Files;
        files.Fault = _ =>
        {
            calls++;
            return null;
        };
        ledger.Advance(during);
        files.Fault = null;
        return calls;
    }

    private static async Task<long> CallsWhileJoiningAsync(SimulatedLedger ledger)
    {
        var calls = 0L;
        for (var i = 0; i < 5; i++)
        {
            var late = await ledger.StartAsync($"late{i}");
            await late.Participant.JoinOperationAsync("op");
            calls += Calls(ledger, "p20", TimeSpan.FromSeconds(2));
        }
        return calls;
    }

    private static List<string> Crashed(SimulatedLedger ledger) => [.. ledger.Read("op").Members.Values
        .Where(m => m.Status == Ledger.Model.MemberStatus.Crashed).Select(m => m.ParticipantId).Order(StringComparer.Ordinal)];
}
