using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Tests.Rules.Groups;

/// <summary>The supervisor table, cell by cell, as the semantics say it; <c>-</c> is a refusal.</summary>
public sealed class SupervisorTableTests
{
    private const string Columns = "wait reserve run fail schedule giveUp stop stopped register";

    private static readonly Dictionary<string, string> Rows = new()
    {
        ["registered"] = "waitingForDependencies starting running - - dead stopped - registered",
        ["waitingForDependencies"] = "- starting running - - dead stopped - registered",
        ["starting"] = "- - running failed - - shuttingDown - -",
        ["running"] = "- - - failed - - shuttingDown - -",
        ["failed"] = "- - - - restartScheduled dead shuttingDown - registered",
        ["restartScheduled"] = "- starting - - - dead shuttingDown - registered",
        ["dead"] = "- - - - - - stopped - registered",
        ["shuttingDown"] = "- - - stopped - - - stopped -",
        ["stopped"] = "- - - - - - - - registered",
    };

    public static TheoryData<string, string, string> Cells()
    {
        var cells = new TheoryData<string, string, string>();
        foreach (var (state, row) in Rows)
        {
            foreach (var (e, next) in Columns.Split(' ').Zip(row.Split(' '))) cells.Add(state, e, next);
        }
        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Each_cell_leads_where_it_should(string state, string happening, string next)
    {
        Assert.True(Wire.TryParse<SupervisorStatus>(state, out var from));
        Assert.True(Wire.TryParse<SupervisorEvent>(happening, out var e));
        Assert.Equal(next, SupervisorTable.Next(from, e) is { } to ? Wire.Name(to) : "-");
    }

    [Fact]
    public void The_cells_are_all_there_are() =>
        Assert.Equal(Enum.GetValues<SupervisorStatus>().Length * Enum.GetValues<SupervisorEvent>().Length, Cells().Count);
}
