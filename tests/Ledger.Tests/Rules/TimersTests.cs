using Ledger.Rules;

namespace Ledger.Tests.Rules;

public sealed class TimersTests
{
    private readonly Story story = Story.Of("A creates", "B joins", "A starts CLI");

    [Fact]
    public void A_timer_starts_when_its_reason_is_first_seen_and_runs_on()
    {
        story.Tell("A aborts");
        var timers = Timers.Empty.Next(story.Now, 100).Next(story.Now, 250).Next(story.Now, 400);
        Assert.Equal(300, timers.Elapsed(Since.Ending, story.Position("CLI"), 400));
    }

    [Fact]
    public void What_was_never_seen_has_not_waited()
    {
        Assert.Equal(0, Timers.Empty.Elapsed(Since.Terminal, 0, 1_000_000));
        Assert.Equal(0, Timers.Empty.Next(story.Now, 5).Elapsed(Since.Ending, story.Position("CLI"), 1_000_000));
    }

    [Fact]
    public void A_timer_ends_with_its_reason_and_starts_anew()
    {
        story.Tell("B supervises S");
        story.Tell("A buries S of B exited");
        var first = Timers.Empty.Next(story.Now, 100);
        Assert.Equal(50, first.Elapsed(Since.SupervisorDead, 4, 150));
        story.Tell("B supervises S");
        var second = first.Next(story.Now, 200);
        Assert.Equal(0, second.Elapsed(Since.SupervisorDead, 4, 300));
        story.Tell("A buries S of B exited");
        Assert.Equal(0, second.Next(story.Now, 300).Elapsed(Since.SupervisorDead, 6, 300));
    }

    [Fact]
    public void A_supervisors_time_for_a_crash_starts_with_its_registration()
    {
        story.Tell("B supervises S");
        story.Tell("A starts Work contained sup S watchdog 1");
        var work = story.Position("Work");
        story.Tell("B accuses A hung of Work");
        story.Tell("C joins");
        var first = Timers.Empty.Next(story.Now, 100);
        story.Tell("C supervises S");
        var second = first.Next(story.Now, 700);
        Assert.Equal(800, first.Elapsed(Since.Supervised, work, 900, 4));
        Assert.Equal(200, second.Elapsed(Since.Supervised, work, 900, story.Now.Position));
        Assert.Equal(800, second.Elapsed(Since.Crashed, work, 900));
    }

    [Fact]
    public void The_observers_own_lateness_is_not_held_against_others()
    {
        story.Tell("A aborts");
        var timers = Timers.Empty.Next(story.Now, 100).Grow(500).Grow(0).Grow(-7);
        Assert.Equal(400, timers.Elapsed(Since.Ending, story.Position("CLI"), 1000));
        Assert.Equal(0, timers.Elapsed(Since.Ending, story.Position("CLI"), 300));
    }
}
