namespace Ledger.Testing.Tests.Time;

public sealed class SimulatedTimeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly SimulatedTime time = new();
    private readonly List<string> fired = [];

    [Fact]
    public void Advance_moves_wall_clock_and_timestamps_together()
    {
        var (utc, timestamp) = (time.GetUtcNow(), time.GetTimestamp());

        time.Advance(90 * Second);

        Assert.Equal(utc + 90 * Second, time.GetUtcNow());
        Assert.Equal(90 * Second, time.GetElapsedTime(timestamp));
    }

    [Fact]
    public void A_clock_step_moves_the_wall_clock_only()
    {
        var (utc, timestamp) = (time.GetUtcNow(), time.GetTimestamp());
        using var timer = Arm("timer", Second);

        time.ShiftUtc(TimeSpan.FromHours(-3));

        Assert.Equal(utc - TimeSpan.FromHours(3), time.GetUtcNow());
        Assert.Equal(timestamp, time.GetTimestamp());
        Assert.Equal(Second, time.UntilNextTimer);
    }

    [Fact]
    public void Timers_fire_in_due_order_each_at_its_own_moment()
    {
        using var late = Arm("late", 3 * Second);
        using var early = Arm("early", Second);
        using var same = Arm("same as early", Second);
        using var beyond = Arm("beyond", 11 * Second);

        time.Advance(10 * Second);

        Assert.Equal(["early@1", "same as early@1", "late@3"], fired);
        Assert.Equal(Second, time.UntilNextTimer);
    }

    [Fact]
    public void A_periodic_timer_keeps_its_rhythm_until_it_is_disposed()
    {
        var timer = Arm("tick", Second, 2 * Second);

        time.Advance(4 * Second);
        time.Advance(2 * Second);
        timer.Dispose();
        time.Advance(9 * Second);

        Assert.Equal(["tick@1", "tick@3", "tick@5"], fired);
    }

    [Fact]
    public void Change_rearms_a_timer_and_is_refused_after_dispose()
    {
        var timer = Arm("timer", Second);

        Assert.True(timer.Change(5 * Second, Timeout.InfiniteTimeSpan));
        time.Advance(2 * Second);
        Assert.Empty(fired);
        time.Advance(3 * Second);
        Assert.Equal(["timer@5"], fired);

        Assert.True(timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        Assert.Null(time.UntilNextTimer);
        timer.Dispose();
        Assert.False(timer.Change(Second, Second));
    }

    [Fact]
    public void A_timer_due_at_once_waits_for_the_next_advance()
    {
        using var timer = Arm("now", TimeSpan.Zero);
        Assert.Empty(fired);
        Assert.Equal(TimeSpan.Zero, time.UntilNextTimer);

        time.Advance(TimeSpan.Zero);

        Assert.Equal(["now@0"], fired);
    }

    [Fact]
    public void A_callback_can_arm_a_timer_that_fires_in_the_same_advance()
    {
        ITimer? second = null;
        using var first = time.CreateTimer(_ => second = Arm("second", Second), null, Second, Timeout.InfiniteTimeSpan);

        time.Advance(5 * Second);

        Assert.Equal(["second@2"], fired);
        second!.Dispose();
    }

    [Fact]
    public void What_a_callback_throws_comes_out_of_advance_and_stops_time_there()
    {
        using var bad = time.CreateTimer(_ => throw new FormatException("bad"), null, Second, Timeout.InfiniteTimeSpan);
        using var good = Arm("good", 2 * Second);

        Assert.Throws<FormatException>(() => time.Advance(5 * Second));
        Assert.Equal(1, SecondsSinceStart(time));

        time.Advance(4 * Second);
        Assert.Equal(["good@2"], fired);
    }

    [Fact]
    public void Advance_within_a_callback_is_refused()
    {
        using var timer = time.CreateTimer(_ => time.Advance(Second), null, Second, Timeout.InfiniteTimeSpan);

        Assert.Throws<InvalidOperationException>(() => time.Advance(Second));
    }

    [Fact]
    public void A_timer_that_rearms_itself_without_delay_is_stopped()
    {
        ITimer? timer = null;
        timer = time.CreateTimer(
            _ => timer!.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan), null, Second, Timeout.InfiniteTimeSpan);

        Assert.Throws<InvalidOperationException>(() => time.Advance(Second));
        timer.Dispose();
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(4294967295)]
    public void Delays_that_real_timers_refuse_are_refused(long milliseconds)
    {
        var delay = TimeSpan.FromMilliseconds(milliseconds);

        Assert.Throws<ArgumentOutOfRangeException>(() => Arm("never", delay));
        Assert.Throws<ArgumentOutOfRangeException>(() => Arm("never", Second, delay));
        Assert.Throws<ArgumentOutOfRangeException>(() => time.Advance(TimeSpan.FromMilliseconds(-1)));
    }

    [Fact]
    public void A_callback_runs_in_the_execution_context_of_the_timers_creator()
    {
        var context = new AsyncLocal<string> { Value = "creator" };
        using var timer = time.CreateTimer(_ => fired.Add(context.Value!), null, Second, Timeout.InfiniteTimeSpan);
        context.Value = "advancer";

        time.Advance(Second);

        Assert.Equal(["creator"], fired);
    }

    [Fact]
    public async Task DisposeAsync_completes_only_after_a_running_callback()
    {
        var disposal = ValueTask.CompletedTask;
        ITimer? timer = null;
        timer = time.CreateTimer(_ => disposal = Dispose(), null, Second, Timeout.InfiniteTimeSpan);

        time.Advance(Second);

        Assert.Equal(["not yet disposed"], fired);
        await disposal;

        ValueTask Dispose()
        {
            var task = timer!.DisposeAsync();
            fired.Add(task.IsCompleted ? "disposed" : "not yet disposed");
            return task;
        }
    }

    private ITimer Arm(string name, TimeSpan dueTime) => Arm(name, dueTime, Timeout.InfiniteTimeSpan);

    private ITimer Arm(string name, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(_ => fired.Add($"{name}@{SecondsSinceStart(time)}"), null, dueTime, period);

    private static double SecondsSinceStart(TimeProvider time) => time.GetElapsedTime(0).TotalSeconds;
}
