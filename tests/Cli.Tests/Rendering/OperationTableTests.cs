using Ledger.Cli.Rendering;
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
}
