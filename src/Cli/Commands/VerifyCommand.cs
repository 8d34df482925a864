using System.CommandLine;
using Ledger.Cli.Rendering;
using Ledger.Cli.Shared;
using Ledger.Log;
using Newtonsoft.Json;
using Spectre.Console;

namespace Ledger.Cli.Commands;

/// <summary><c>ledger verify</c>: folds logs anew and names every bad record.</summary>
internal static class VerifyCommand
{
    private static readonly Argument<string?> Operation = CommonOptions.OptionalOperation("The operation's id. Default: all, archived ones too, and all groups.");

    public static Command Create() => new Command("verify", "Re-fold the log, check invariants and every record; exit 0 only if nothing is bad.")
        {
            Operation,
        }
        .Does(RunAsync)
        .WithExamples(
            "ledger verify                 everything, archived operations and groups too",
            "ledger verify build-42 --json",
            "",
            "Torn records are what a killed writer leaves: harmless, skipped by everyone. Bad ones are damaged or foreign.");

    /// <summary>The contract's object.</summary>
    public static string Json(VerifyReport report, bool isGroup = false) => JsonLines.Object(w =>
    {
        w.Field(isGroup ? "groupId" : "operationId", report.OperationId).Field("entries", report.Entries).Field("rejected", report.Rejected);
        w.List("torn", report.Torn, Fault).List("bad", report.Bad, Fault).Field("ok", report.Ok);
    });

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var id = invocation.OptionalOperation(Operation);
        var ledger = await invocation.OpenAsync(cancellationToken);
        var reports = id is null
            ? Verification.VerifyAll(ledger).Select(r => (Report: r, IsGroup: false))
                .Concat(ledger.ListGroups().Select(g => (Verification.VerifyGroup(ledger, g), true)))
            : [(Verification.Verify(ledger, id), false)];
        var (count, faulty) = (0, 0);
        foreach (var (report, isGroup) in reports)
        {
            cancellationToken.ThrowIfCancellationRequested();
            count++;
            if (!report.Ok) faulty++;
            Print(invocation, report, isGroup);
        }
        if (!invocation.Json)
            invocation.Output.Note(faulty == 0 ? $"{count} checked, nothing is bad" : $"{count} checked, {faulty} with bad records");
        return faulty == 0 ? ExitCodes.Done : ExitCodes.No;
    }

    private static void Print(Invocation invocation, VerifyReport report, bool isGroup)
    {
        if (invocation.Json)
        {
            invocation.Output.Line(Json(report, isGroup));
            return;
        }
        foreach (var line in Lines(report, isGroup))
        {
            if (invocation.IsTerminal) invocation.Output.Console.MarkupLine(line.MarkupText);
            else invocation.Output.Line(line.Plain);
        }
    }

    private static IEnumerable<Line> Lines(VerifyReport report, bool isGroup)
    {
        var line = new Line().Add(report.Ok ? "ok " : "BAD", report.Ok ? Styles.Good : Styles.Bad)
            .Then(isGroup ? "group" : "").Then(report.OperationId, Styles.Strong)
            .Then($"{report.Entries} entries, {report.Rejected} rejected", Styles.Faint);
        if (report.Torn.Length > 0) line.Add($", {report.Torn.Length} torn (harmless)", Styles.Warning);
        if (report.Bad.Length > 0) line.Add($", {report.Bad.Length} bad", Styles.Bad);
        yield return line;
        foreach (var f in report.Torn) yield return new Line().Add("     torn  ", Styles.Warning).Add(Where(f), Styles.Faint);
        foreach (var f in report.Bad) yield return new Line().Add("     bad   ", Styles.Bad).Add(Where(f));
    }

    private static string Where(RecordFault f) => $"{Texts.OneLine(f.Where)}  {Texts.OneLine(f.Why)}";

    private static void Fault(JsonWriter w, RecordFault fault)
    {
        w.WriteStartObject();
        w.Field("where", fault.Where).Field("why", fault.Why);
        w.WriteEndObject();
    }
}
