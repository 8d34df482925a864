using Ledger.Cli.Shared;

namespace Ledger.Cli.Tests.Shared;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("0ms", 0)]
    [InlineData("5s", 5000)]
    [InlineData("1.5s", 1500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("720h", 2_592_000_000)]
    public void A_number_with_a_unit_is_a_duration(string text, double milliseconds)
    {
        Assert.True(Durations.TryParse(text, out var duration, out _));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("ms")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("5 s")]
    [InlineData(" 5s")]
    [InlineData("1,5s")]
    [InlineData("1e3s")]
    [InlineData("NaNs")]
    [InlineData("5d")]
    [InlineData("5S")]
    [InlineData(".s")]
    public void Anything_else_is_refused_with_examples(string text)
    {
        Assert.False(Durations.TryParse(text, out _, out var fault));
        Assert.Contains("500ms, 5s, 2m or 1h", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("721h")]
    [InlineData("99999999999999999999999999s")]
    public void What_no_timer_can_count_is_refused_as_too_long(string text)
    {
        Assert.False(Durations.TryParse(text, out _, out var fault));
        Assert.Contains("at most 720h", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-5, "0.0 s")]
    [InlineData(340, "0.3 s")]
    [InlineData(12_000, "12 s")]
    [InlineData(180_000, "3 min")]
    [InlineData(7_200_000, "2 h")]
    [InlineData(345_600_000, "4 d")]
    public void People_see_one_unit_that_fits(double milliseconds, string shown) =>
        Assert.Equal(shown, Durations.Show(TimeSpan.FromMilliseconds(milliseconds)));
}
