using System.Collections.Immutable;
using System.Globalization;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Tests.Rules.Groups;

public sealed class RestartsTests
{
    [Theory]
    [InlineData(5, "0 1000 5000 15000 60000", "0 1000 5000 15000 60000 dead")]
    [InlineData(3, "0 1000 5000 15000 60000", "0 1000 5000 dead")]
    [InlineData(4, "100 200", "100 200 200 200 dead")]
    [InlineData(2, "", "0 0 dead")]
    [InlineData(0, "7", "dead")]
    public void The_wait_before_each_restart_follows_the_policy(int attempts, string waits, string expected)
    {
        ImmutableArray<long> intervals =
            [.. waits.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => long.Parse(w, CultureInfo.InvariantCulture))];
        var policy = new RestartPolicy(attempts, intervals, 1);
        var actual = Enumerable.Range(1, attempts + 1)
            .Select(n => Restarts.BackoffMs(policy, n)?.ToString(CultureInfo.InvariantCulture) ?? "dead");
        Assert.Equal(expected, string.Join(' ', actual));
    }

    [Theory]
    [InlineData(299_999, false)]
    [InlineData(300_000, true)]
    public void It_is_healthy_after_the_whole_time(long ms, bool healthy) =>
        Assert.Equal(healthy, Restarts.IsHealthy(RestartPolicy.Default, ms));

    [Theory]
    [InlineData(-1, 0, 0, "number")]
    [InlineData(1, -1, 0, "wait")]
    [InlineData(1, 0, -1, "wait")]
    [InlineData(1, 0, 0, null)]
    public void A_policy_of_negative_numbers_is_refused(int attempts, long wait, long reset, string? why)
    {
        var fault = Restarts.Fault(new RestartPolicy(attempts, [wait], reset));
        if (why is null) Assert.Null(fault);
        else Assert.Contains(why, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_default_policy_is_the_documented_one()
    {
        Assert.Equal((5, 300_000L), (RestartPolicy.Default.MaxAttempts, RestartPolicy.Default.ResetAfterMs));
        Assert.Equal(new long[] { 0, 1000, 5000, 15000, 60000 }, RestartPolicy.Default.BackoffIntervalsMs);
        Assert.NotNull(Restarts.Fault(RestartPolicy.Default with { BackoffIntervalsMs = [.. new long[GroupLimits.Backoffs + 1]] }));
    }
}
