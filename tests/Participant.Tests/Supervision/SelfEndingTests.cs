using Ledger.Hosting.Supervision;
using Ledger.Testing;

namespace Ledger.Hosting.Tests.Supervision;

public sealed class SelfEndingTests
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Almost = TimeSpan.FromSeconds(59);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private readonly SimulatedTime _time = new();
    private int _ended;

    [Theory]
    [InlineData(null, null)]
    [InlineData(0, 60)]
    [InlineData(59, 1)]
    [InlineData(60, 0)]
    [InlineData(600, 0)]
    public void It_is_due_once_there_was_no_orchestrator_for_so_long(int? withoutFor, int? remaining) =>
        Assert.Equal(
            remaining is { } due ? TimeSpan.FromSeconds(due) : null,
            SelfEndingRule.Remaining(Within, withoutFor is { } passed ? TimeSpan.FromSeconds(passed) : null));

    [Fact]
    public void Nobody_ever_comes()
    {
        using var ending = New();
        _time.Advance(Almost);
        Assert.Equal(0, _ended);
        _time.Advance(Rest);
        Assert.Equal(1, _ended);
        ending.Observe(false);
        _time.Advance(Within * 2);
        Assert.Equal(1, _ended);
    }

    [Fact]
    public void Each_orchestrator_that_comes_gives_the_whole_time_anew()
    {
        using var ending = New();
        _time.Advance(Almost);
        ending.Observe(true);
        _time.Advance(Within * 10);
        Assert.Equal(0, _ended);

        ending.Observe(false);
        _time.Advance(Almost);
        ending.Observe(false);
        Assert.Equal(0, _ended);
        _time.Advance(Rest);
        Assert.Equal(1, _ended);
    }

    [Fact]
    public void Disposed_of_it_ends_nothing()
    {
        New().Dispose();
        _time.Advance(Within * 2);
        Assert.Equal(0, _ended);
    }

    private SelfEnding New() => new(Within, _time, () => _ended++);
}
