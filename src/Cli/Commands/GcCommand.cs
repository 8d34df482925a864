using System.CommandLine;
using Ledger.Cli.Shared;
using Ledger.Log;
using Ledger.Model;
using Newtonsoft.Json;

namespace Ledger.Cli.Commands;

/// <summary><c>ledger gc</c>: ends what nobody is left of, and sweeps.</summary>
internal static class GcCommand
{
    private const string ParticipantId = "ledger-gc";

    public static Command Create() => new Command("gc", "End abandoned operations, finish their cleanup, archive, prune backups, sweep leftovers.")
        .Does(RunAsync)
        .WithExamples(
            "ledger gc",
            "ledger gc --json | jq '.ended'",
            "",
            "It never touches an operation that somebody alive takes part in. Where the kernel cannot tell it looks for a while.");

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var ledger = await invocation.OpenAsync(cancellationToken);
        CollectReport report;
        await using (var participant = await ledger.JoinAsync(ParticipantId, cancellationToken))
            report = await participant.CollectAsync(invocation.Output.Note, cancellationToken);
        foreach (var problem in report.Problems) invocation.Output.Note(problem);
        if (invocation.Json) invocation.Output.Line(Json(report));
        else foreach (var line in Lines(report)) invocation.Output.Line(line);
        return ExitCodes.Done;
    }

    public static IEnumerable<string> Lines(CollectReport r)
    {
        foreach (var o in r.Ended) yield return $"ended       {o.OperationId}: {Describe(o)}";
        foreach (var o in r.Unfinished) yield return $"unfinished  {o.OperationId}: {Describe(o)}; 'ledger show {o.OperationId}' says what it waits for";
        foreach (var id in r.Archived) yield return $"archived    {id}";
        foreach (var l in r.Finished) yield return $"cleaned     {Texts.OneLine(l.Resource.Key)} of {l.CallId}";
        foreach (var name in r.Pruned) yield return $"pruned      {name}";
        if (r.Records > 0) yield return $"swept       {r.Records} heartbeat record{Plural(r.Records)} of processes that are gone";
        if (r.Temporaries > 0) yield return $"swept       {r.Temporaries} temporary director{(r.Temporaries == 1 ? "y" : "ies")}";
        if (r.Leftovers > 0) yield return $"swept       {r.Leftovers} other leftover{Plural(r.Leftovers)}";
        if (r.Alive.Length > 0) yield return $"left alone  {r.Alive.Length} operation{Plural(r.Alive.Length)} with living members";
        var nothing = r.Ended.Length + r.Unfinished.Length + r.Archived.Length + r.Finished.Length + r.Pruned.Length
            + r.Records + r.Temporaries + r.Leftovers == 0;
        if (nothing) yield return "nothing to collect";
    }

    public static string Json(CollectReport r) => JsonLines.Object(w =>
    {
        w.List("ended", r.Ended, Operation).List("unfinished", r.Unfinished, Operation)
            .List("alive", r.Alive, (x, id) => x.WriteValue(id)).List("archived", r.Archived, (x, id) => x.WriteValue(id))
            .List("cleaned", r.Finished, (x, l) => x.Value(l)).List("pruned", r.Pruned, (x, name) => x.WriteValue(name));
        w.Field("records", r.Records).Field("temporaries", r.Temporaries).Field("leftovers", r.Leftovers)
            .List("problems", r.Problems, (x, problem) => x.WriteValue(problem));
    });

    private static void Operation(JsonWriter w, CollectedOperation o)
    {
        w.WriteStartObject();
        w.Field("operationId", o.OperationId).Field("state", Wire.Name(o.Status));
        StateJson.WriteCause(w, o.Cause);
        w.WriteEndObject();
    }

    private static string Describe(CollectedOperation o) =>
        o.Cause is null ? Wire.Name(o.Status) : $"{Wire.Name(o.Status)}, {Texts.OneLine(o.Cause.ToString())}";

    private static string Plural(int count) => count == 1 ? "" : "s";
}
