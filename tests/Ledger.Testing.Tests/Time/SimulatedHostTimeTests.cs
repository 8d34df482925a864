namespace Ledger.Testing.Tests.Time;

public sealed class SimulatedHostTimeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly SimulatedTime time = new();
    private readonly List<double> fired = [];

    [Fact]
    public void Each_host_has_its_own_wall_clock_and_origin_of_timestamps()
    {
        var one = time.CreateHost("one", TimeSpan.FromMinutes(5));
        var two = time.CreateHost("two");
        one.ShiftUtc(TimeSpan.FromMinutes(1));
        time.Advance(Second);

        Assert.Equal(time.GetUtcNow() + TimeSpan.FromMinutes(6), one.GetUtcNow());
        Assert.Equal(time.GetUtcNow(), two.GetUtcNow());
        Assert.NotEqual(one.GetTimestamp(), two.GetTimestamp());
    }

    [Fact]
    public void A_step_of_the_common_wall_clock_reaches_the_hosts()
    {
        var host = time.CreateHost("host");
        var before = host.GetUtcNow();

        time.ShiftUtc(TimeSpan.FromHours(2));

        Assert.Equal(before + TimeSpan.FromHours(2), host.GetUtcNow());
    }

    [Fact]
    public void Timers_of_all_hosts_fire_in_one_order()
    {
        var hosts = new[] { time.CreateHost("one"), time.CreateHost("two") };
        var order = new List<string>();
        using var second = hosts[0].CreateTimer(_ => order.Add("one"), null, 2 * Second, Timeout.InfiniteTimeSpan);
        using var first = hosts[1].CreateTimer(_ => order.Add("two"), null, Second, Timeout.InfiniteTimeSpan);
        using var own = time.CreateTimer(_ => order.Add("own"), null, 1.5 * Second, Timeout.InfiniteTimeSpan);

        time.Advance(2 * Second);

        Assert.Equal(["two", "own", "one"], order);
    }

    [Fact]
    public void While_the_machine_sleeps_only_the_wall_clock_goes_on()
    {
        var host = time.CreateHost("host");
        using var timer = Arm(host, 3 * Second, Timeout.InfiniteTimeSpan);
        var (utc, timestamp) = (host.GetUtcNow(), host.GetTimestamp());
        time.Advance(Second);

        host.Suspend(SuspendKind.Machine);
        time.Advance(10 * Second);
        Assert.Equal(Second, host.GetElapsedTime(timestamp));
        Assert.Equal(utc + 11 * Second, host.GetUtcNow());

        host.Resume();
        Assert.Empty(fired);
        time.Advance(2 * Second);
        Assert.Equal([13], fired);
    }

    [Fact]
    public void While_the_process_is_frozen_its_clock_goes_on_and_an_overdue_timer_fires_once_on_resume()
    {
        var host = time.CreateHost("host");
        using var once = Arm(host, 2 * Second, Timeout.InfiniteTimeSpan);
        using var periodic = Arm(host, 3 * Second, 3 * Second);
        var timestamp = host.GetTimestamp();

        host.Suspend(SuspendKind.Process);
        time.Advance(10 * Second);
        Assert.Empty(fired);
        Assert.Null(time.UntilNextTimer);
        Assert.Equal(10 * Second, host.GetElapsedTime(timestamp));

        host.Resume();
        Assert.Equal([10, 10], fired);
        time.Advance(3 * Second);
        Assert.Equal([10, 10, 12], fired);
    }

    [Fact]
    public void A_resume_within_a_callback_fires_overdue_timers_at_that_moment()
    {
        var host = time.CreateHost("host");
        using var timer = Arm(host, Second, Timeout.InfiniteTimeSpan);
        using var script = time.CreateTimer(_ => host.Resume(), null, 4 * Second, Timeout.InfiniteTimeSpan);
        host.Suspend(SuspendKind.Process);

        time.Advance(9 * Second);

        Assert.Equal([4], fired);
    }

    [Fact]
    public void Suspending_twice_and_resuming_what_runs_are_refused()
    {
        var host = time.CreateHost("host");
        Assert.Throws<InvalidOperationException>(host.Resume);

        host.Suspend(SuspendKind.Process);

        Assert.True(host.IsSuspended);
        Assert.Throws<InvalidOperationException>(() => host.Suspend(SuspendKind.Machine));
    }

    private ITimer Arm(SimulatedHostTime host, TimeSpan dueTime, TimeSpan period) =>
        host.CreateTimer(_ => fired.Add(time.GetElapsedTime(0).TotalSeconds), null, dueTime, period);
}
