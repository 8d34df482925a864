namespace Ledger.Testing.Tests.Time;

/// <summary>The platform's own waits, on simulated time.</summary>
public sealed class PlatformTimersTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly SimulatedTime time = new();

    public static TheoryData<bool> OnHost => [false, true];

    [Theory]
    [MemberData(nameof(OnHost))]
    public async Task Task_delay_completes_when_time_has_passed(bool onHost)
    {
        var delay = Task.Delay(5 * Second, Provider(onHost));

        time.Advance(5 * Second - TimeSpan.FromTicks(1));
        Assert.False(delay.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));

        await delay.WaitAsync(Bound);
    }

    [Theory]
    [MemberData(nameof(OnHost))]
    public async Task Task_delay_can_be_cancelled(bool onHost)
    {
        using var cancellation = new CancellationTokenSource();
        var delay = Task.Delay(5 * Second, Provider(onHost), cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delay.WaitAsync(Bound));
        Assert.Null(time.UntilNextTimer);
    }

    [Theory]
    [MemberData(nameof(OnHost))]
    public void A_cancellation_source_fires_after_its_delay(bool onHost)
    {
        using var cancellation = new CancellationTokenSource(5 * Second, Provider(onHost));

        time.Advance(4 * Second);
        Assert.False(cancellation.IsCancellationRequested);
        time.Advance(Second);

        Assert.True(cancellation.IsCancellationRequested);
    }

    [Theory]
    [MemberData(nameof(OnHost))]
    public async Task A_periodic_timer_ticks_once_per_period(bool onHost)
    {
        using var timer = new PeriodicTimer(2 * Second, Provider(onHost));
        for (var tick = 0; tick < 3; tick++)
        {
            var wait = timer.WaitForNextTickAsync();
            Assert.False(wait.IsCompleted);
            time.Advance(2 * Second);
            Assert.True(await wait.AsTask().WaitAsync(Bound));
        }
    }

    [Fact]
    public async Task A_wait_with_a_time_limit_times_out()
    {
        var wait = new TaskCompletionSource().Task.WaitAsync(Second, time);

        time.Advance(Second);

        await Assert.ThrowsAsync<TimeoutException>(() => wait.WaitAsync(Bound));
    }

    private TimeProvider Provider(bool onHost) => onHost ? time.CreateHost("host") : time;
}
