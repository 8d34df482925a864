using System.CommandLine;
using System.Globalization;
using Ledger.Cli.Rendering;
using Ledger.Cli.Shared;
using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;
using Spectre.Console;

namespace Ledger.Cli.Bench;

/// <summary><c>ledger bench</c>: measures a directory, with real processes where several take part.</summary>
internal static class BenchCommand
{
    private static readonly Bench[] All =
    [
        new(["append-floor"], 2, true, LogBenches.AppendFloorAsync),
        new(["commit", "fold"], 6, true, LogBenches.CommitAsync),
        new(["commit-contended"], 10, true, LogBenches.ContendedAsync),
        new(["chain-floor"], 2, false, LogBenches.ChainFloorAsync),
        new(["commit-chain"], 4, false, LogBenches.ChainAsync),
        new(["heartbeat"], 1, false, LogBenches.HeartbeatAsync),
        new(["notify"], 3, false, CrashBenches.NotifyAsync),
        new(["detect-kill"], 15, false, CrashBenches.DetectKillAsync),
        new(["cleanup"], 15, false, CrashBenches.CleanupAsync),
        new(["detect-stop"], 15, false, CrashBenches.DetectStopAsync),
        new(["idle"], 45, false, LoadBenches.IdleAsync),
        new(["crowd"], 200, false, LoadBenches.CrowdAsync),
    ];

    private static readonly Option<string[]> Only = CreateOnly();

    private static readonly Option<bool> Quick = new("--quick") { Description = "A tenth as much of everything: a first impression." };

    public static Command Create() => new Command("bench", "Measure this directory: what an entry, a crash and an idle participant cost.")
        {
            Only,
            Quick,
        }
        .Does(RunAsync)
        .WithExamples(
            "ledger bench                            everything, some six minutes",
            "ledger bench --only commit --only fold",
            "ledger bench --ledger /mnt/share/x      a directory that need not be a ledger, or even exist",
            "",
            "Works in a hidden directory beneath the one that is measured, and removes it. Nothing else should run meanwhile.");

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var existed = Directory.Exists(invocation.LedgerPath);
        var path = Path.GetFullPath(invocation.LedgerPath);
        var results = new List<BenchResult>();
        try
        {
            await using var stage = BenchStage.Open(path, invocation.Get(Quick));
            var kind = FileSystemKind.Of(path);
            try
            {
                return await RunAsync(invocation, stage, kind, results, cancellationToken);
            }
            finally
            {
                // Also when interrupted: what was measured is as good as it was.
                if (invocation.Json) PrintJson(invocation, path, kind, results);
                else invocation.Output.Line($"{path}: {kind.Name}, {LogOf(kind)} log");
            }
        }
        finally
        {
            if (!existed) Directory.Delete(path);
        }
    }

    private static async Task<int> RunAsync(
        Invocation invocation, BenchStage stage, FileSystemKind kind, List<BenchResult> results, CancellationToken cancellationToken)
    {
        var code = ExitCodes.Done;
        var wanted = invocation.Get(Only) is { Length: > 0 } names ? names : [.. All.SelectMany(b => b.Names)];
        if (!invocation.Json) invocation.Output.Row(Row("", "p50", "p99", "", "", "", Styles.Faint));
        foreach (var bench in All.Where(b => b.Names.Any(wanted.Contains)))
        {
            if (bench.NeedsAppendLog && !kind.IsLocal)
            {
                invocation.Output.Note($"{bench.Names[0]} is left out: {kind.Name} is not known to be local, so there is no append log");
                continue;
            }
            invocation.Output.Note($"{string.Join(", ", bench.Names)}: about {(invocation.Get(Quick) ? Math.Max(1, bench.Seconds / 10) : bench.Seconds)} s ...");
            try
            {
                foreach (var result in (await bench.RunAsync(stage, cancellationToken)).Where(r => IsWanted(r.Name, wanted)))
                {
                    results.Add(result);
                    if (!invocation.Json) invocation.Output.Row(Row(result, results));
                }
            }
            catch (LedgerException e)
            {
                // The other figures are as good as they were.
                invocation.Output.Note($"{bench.Names[0]} failed: {e.Message}");
                code = ExitCodes.No;
            }
        }
        return code;
    }

    /// <summary>The rows of a name: its own, and what belongs to it.</summary>
    private static bool IsWanted(string row, string[] wanted) =>
        wanted.Any(w => row == w || (row.StartsWith(w + "-", StringComparison.Ordinal) && !All.Any(b => b.Names.Contains(row))));

    private static string LogOf(FileSystemKind kind) => kind.IsLocal ? "append" : "chain";

    private static void PrintJson(Invocation invocation, string path, FileSystemKind kind, List<BenchResult> results) =>
        invocation.Output.Line(JsonLines.Object(w => w.Field("path", path).Field("log", LogOf(kind)).List("results", results, (x, r) =>
        {
            x.WriteStartObject();
            x.Field("name", r.Name).Field("unit", r.Unit).Nullable("p50", r.P50).Nullable("p99", r.P99).Nullable("value", r.Value);
            x.WriteEndObject();
        })));

    /// <summary>One result for people, with a column for everything: rows are printed as they come.</summary>
    private static string Row(BenchResult r, List<BenchResult> all)
    {
        var goal = BenchGoals.Text(r.Name) ?? "";
        return Row(r.Name, r.P50 is { } p50 ? $"{Number(p50)} {r.Unit}" : "", r.P99 is { } p99 ? $"{Number(p99)} {r.Unit}" : "",
            r.Value is { } value ? Number(value) : "", r.Of, BenchGoals.IsMet(r, all) switch
            {
                true => $"[{Styles.Good}]met[/]: {goal}",
                false => $"[{Styles.Bad}]missed[/]: {goal}",
                null => goal,
            }, Styles.Strong);
    }

    private static string Row(string name, string p50, string p99, string value, string of, string goal, string style) =>
        $"[{style}]{name,-26}{p50,12}{p99,12}[/]{value,10}  {of,-36}  {goal}".TrimEnd();

    private static string Number(double number) => number.ToString(
        Math.Abs(number) switch { >= 1000 => "#,0", >= 100 => "0", >= 10 => "0.0", _ => "0.00" }, CultureInfo.InvariantCulture);

    private static Option<string[]> CreateOnly()
    {
        var option = new Option<string[]>("--only") { Description = "Only this one; may be repeated.", HelpName = "NAME" };
        option.AcceptOnlyFromAmong([.. All.SelectMany(b => b.Names)]);
        return option;
    }

    private sealed record Bench(
        string[] Names, int Seconds, bool NeedsAppendLog, Func<BenchStage, CancellationToken, Task<IEnumerable<BenchResult>>> RunAsync);
}
