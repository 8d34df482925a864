using System.Globalization;
using Ledger.Cli.Shared;
using Ledger.Log;
using Ledger.Model;
using Spectre.Console;

namespace Ledger.Cli.Rendering;

/// <summary>The list of operations: a table on a terminal, plain columns elsewhere, or JSON.</summary>
internal static class OperationTable
{
    private static readonly string[] Titles = ["OPERATION", "STATE", "STARTED", "FRAMES", "INITIATOR", ""];

    /// <summary>Newest first, by what their creators' clocks said: for people.</summary>
    public static IReadOnlyList<OperationSummary> Sort(IEnumerable<OperationSummary> all) =>
        [.. all.OrderByDescending(o => o.StartTime, StringComparer.Ordinal).ThenBy(o => o.OperationId, StringComparer.Ordinal)];

    public static string Json(OperationSummary o) => JsonLines.Object(w => w
        .Field("operationId", o.OperationId).Field("state", Wire.Name(o.Status)).Field("startTime", o.StartTime)
        .Field("frames", o.Frames).Field("initiator", o.Initiator).Field("archived", o.IsArchived));

    public static Table Draw(IReadOnlyList<OperationSummary> operations, DateTimeOffset now)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var title in Titles) table.AddColumn(new TableColumn($"[grey]{title}[/]").NoWrap().Padding(0, 0, 2, 0));
        table.Columns[3].RightAligned();
        foreach (var o in operations)
        {
            table.AddRow(Cell($"[bold]{o.OperationId.EscapeMarkup()}[/]"),
                Cell($"[{Styles.Of(o.Status)}]{Wire.Name(o.Status)}[/]"), Cell(Age(o, now).EscapeMarkup()),
                Cell(o.Frames.ToString(CultureInfo.InvariantCulture)), Cell(o.Initiator.EscapeMarkup()),
                Cell(o.IsArchived ? "[grey]archived[/]" : ""));
        }
        return table;

        // What a narrow terminal has no room for is cut off, not broken into lines.
        static Markup Cell(string markup) => new(markup) { Overflow = Overflow.Ellipsis };
    }

    public static IEnumerable<string> Plain(IReadOnlyList<OperationSummary> operations)
    {
        var rows = operations.Select(o => new[]
        {
            o.OperationId, Wire.Name(o.Status), Texts.OneLine(o.StartTime),
            o.Frames.ToString(CultureInfo.InvariantCulture), o.Initiator, o.IsArchived ? "archived" : "",
        }).Prepend(Titles).ToList();
        var widths = Enumerable.Range(0, Titles.Length).Select(i => rows.Max(r => r[i].Length)).ToArray();
        return rows.Select(r => string.Join("  ", r.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }

    private static string Age(OperationSummary o, DateTimeOffset now) =>
        DateTimeOffset.TryParse(o.StartTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? Durations.Show(now - at) + " ago" : Texts.OneLine(o.StartTime);
}
