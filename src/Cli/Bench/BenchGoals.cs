namespace Ledger.Cli.Bench;

/// <summary>What the figures are held against, on a small machine with nothing else running. Ratios hold anywhere.</summary>
internal static class BenchGoals
{
    private const double Threshold = 5000;
    private const double Interval = 1000;

    private static readonly Dictionary<string, (string Text, Func<BenchResult, Func<string, BenchResult?>, bool?> IsMet)> All = new()
    {
        ["commit"] = ("p50 at most 10 us", (r, _) => r.P50 <= 10),
        ["commit-contended"] = ("at least half of commit per second", (r, find) => find("commit") is { } one ? r.Value >= one.Value / 2 : null),
        ["commit-contended-fairness"] = ("at least 1/3", (r, _) => r.Value >= 1.0 / 3),
        ["commit-chain"] = ("p50 at most 1.5 times chain-floor", (r, find) => find("chain-floor") is { } floor ? r.P50 <= 1.5 * floor.P50 : null),
        ["heartbeat"] = ("p50 at most 10 us", (r, _) => r.P50 <= 10),
        ["notify"] = ("p50 at most 1 ms, p99 5 ms", (r, _) => r.P50 <= 1 && r.P99 <= 5),
        ["detect-kill"] = ("p50 at most 5 ms, p99 25 ms", (r, _) => r.P50 <= 5 && r.P99 <= 25),
        ["detect-stop"] = ("threshold and at most 2 intervals", (r, _) => r.P50 >= Threshold && r.P99 <= Threshold + (2 * Interval)),
        ["cleanup"] = ("at most 500 ms beyond detection", (r, _) => r.P99 <= 500),
        ["idle"] = ("at most 2 ms", (r, _) => r.Value <= 2),
        ["idle-1000"] = ("at most 4 ms", (r, _) => r.Value <= 4),
        ["idle-resident"] = ("at most 45 MB", (r, _) => r.Value <= 45),
        ["crowd"] = ("less than one core", (r, _) => r.Value < 1),
        ["crowd-false-crashes"] = ("none", (r, _) => r.Value == 0),
        ["fold"] = ("at most 1 s", (r, _) => r.Value <= 1000),
    };

    public static string? Text(string name) => All.TryGetValue(name, out var goal) ? goal.Text : null;

    /// <summary>Null where there is no goal, or what it is relative to was not measured.</summary>
    public static bool? IsMet(BenchResult result, IReadOnlyCollection<BenchResult> all) => All.TryGetValue(result.Name, out var goal)
        ? goal.IsMet(result, name => all.FirstOrDefault(r => r.Name == name)) : null;
}
