using Ledger.Platform;

namespace Ledger.Tests.Platform;

public sealed class ProcStatTests
{
    [Theory]
    [InlineData("12 (sh) S ", 1, 'S', false)]
    [InlineData("12 (a b) S ", 1, 'S', false)]
    [InlineData("12 (x) R 1 2 3) S ", 1, 'S', false)]
    [InlineData("12 (new\nline) T ", 1, 'T', false)]
    [InlineData("12 (sh) Z ", 1, 'Z', true)]
    [InlineData("12 (sh) X ", 1, 'X', true)]
    [InlineData("12 (leader ended before its threads) Z ", 3, 'Z', false)]
    public void Fields_are_counted_after_the_last_parenthesis(string head, int threads, char state, bool gone)
    {
        var stat = ProcStat.Parse($"{head}1 4711 4711 0 -1 4194304 1 0 0 0 5 6 0 0 20 0 {threads} 0 8399 2580480 408\n");

        Assert.Equal(new ProcStat(state, 4711, threads, "8399", Parent: 1), stat);
        Assert.Equal(gone, stat!.Value.IsGone);
    }

    [Theory]
    [InlineData(4194304, false)] // PF_RANDOMIZE
    [InlineData(4194560, false)] // and PF_SUPERPRIV
    [InlineData(4194308, true)] // and PF_EXITING
    public void A_process_that_has_begun_to_exit_shows_it_before_it_is_gone(uint flags, bool isEnding)
    {
        var stat = ProcStat.Parse($"4711 (run) R 1 4711 4711 0 -1 {flags} 1 0 0 0 5 6 0 0 20 0 9 0 8399 2580480 408\n")!.Value;

        Assert.Equal((isEnding, false), (stat.IsEnding, stat.IsGone));
    }

    [Theory]
    [InlineData(9400, 7050, 7060, false)]
    [InlineData(9400, 7050, 7050, true)]
    [InlineData(0, 0, 0, false)] // exec(2) has made the new memory, or exit(2) given it back
    [InlineData(0, 7050, 7050, false)] // exec(2) is about to fill it
    public void An_environment_is_empty_once_the_program_is_whole(int code, int start, int end, bool hasNone)
    {
        var stat = ProcStat.Parse("4711 (run) R 1 4711 4711 0 -1 4194304 1 0 0 0 5 6 0 0 20 0 9 0 8399 2580480 408 99 "
            + $"{code} 9500 7000 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 9600 9700 9800 7040 7050 {start} {end} 0\n")!.Value;

        Assert.Equal(hasNone, stat.HasNoVariables);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("12 sh S 1 2")]
    [InlineData("12 (sh) S 1 4711")]
    [InlineData("12 (sh) S 1 x 4711 0 -1 4194304 1 0 0 0 5 6 0 0 20 0 1 0 8399 2580480")]
    public void What_the_kernel_would_not_write_is_null(string? text) => Assert.Null(ProcStat.Parse(text));
}
