using Ledger.Cli.Rendering;
using Ledger.Cli.Shared;
using Ledger.Model;

namespace Ledger.Cli.Tests.Rendering;

public sealed class OperationTableTests
{
    private static readonly OperationSummary Old = new("old", OperationStatus.Failed, "2026-01-01T00:00:00.000Z", 0, "cli", true);
    private static readonly OperationSummary Young = new("a-longer-name", OperationStatus.Running, "2026-01-02T00:00:00.000Z", 12, "bridge", false);

    [Fact]
    public void The_newest_comes_first() => Assert.Equal([Young, Old], OperationTable.Sort([Old, Young]));

    [Fact]
    public void A_pipe_gets_columns_that_stand_in_line() => Assert.Equal(
        [
            "OPERATION      STATE    STARTED                   FRAMES  INITIATOR",
            "a-longer-name  running  2026-01-02T00:00:00.000Z  12      bridge",
            "old            failed   2026-01-01T00:00:00.000Z  0       cli        archived",
        ], OperationTable.Plain([Young, Old]));

    [Theory]
    [InlineData(60)]
    [InlineData(100)]
    public void A_narrow_terminal_gets_one_line_for_each_operation(int width)
    {
        using var text = new StringWriter();
        var output = new Output(text, TextWriter.Null, true, _ => null);
        output.Console.Profile.Width = width;
        output.Console.Profile.Capabilities.Ansi = false;
        output.Console.Write(OperationTable.Draw([Young, Old], new DateTimeOffset(2026, 1, 3, 0, 0, 0, TimeSpan.Zero)));
        var lines = text.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Contains("a-lo", lines[1], StringComparison.Ordinal);
        Assert.Contains("old", lines[2], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.InRange(line.TrimEnd().Length, 1, width));
    }
}
