using Ledger.Model.Groups;

namespace Ledger.Benchmarks.Groups;

/// <summary>The rows about groups. Each works in a ledger of its own beneath the scratch directory, checks what it measured, and
/// throws where that is wrong.</summary>
internal sealed class GroupBenches(string program, string scratch)
{
    public static readonly IReadOnlyDictionary<string, Func<GroupBenches, Task<IReadOnlyList<string>>>> All =
        new Dictionary<string, Func<GroupBenches, Task<IReadOnlyList<string>>>>(StringComparer.Ordinal)
        {
            ["group-restart"] = b => HealingRows.RestartAsync(b),
            ["group-takeover"] = b => HealingRows.TakeoverAsync(b),
            ["group-workers"] = b => CrowdRows.WorkersAsync(b),
            ["group-owner"] = b => HealingRows.OwnerAsync(b),
            ["group-cycles"] = b => CycleRows.CyclesAsync(b, 50),
            ["group-pool"] = b => PoolRow.RunAsync(b, 30, 200),
            ["group-idle"] = b => CrowdRows.IdleAsync(b),
        };

    private int ledgers;

    public static async Task<IEnumerable<string>> RunAsync(string program, string scratch, string[] options)
    {
        var only = options.Where((_, i) => i % 2 == 1).ToList();
        if (options.Where((word, i) => i % 2 == 0 && word != "--only").Any() || only.Exists(name => !All.ContainsKey(name)) || options.Length % 2 == 1)
            throw new ArgumentException($"groups PROGRAM [--only NAME]...; names: {string.Join(", ", All.Keys)}");
        var benches = new GroupBenches(program, scratch);
        var lines = new List<string>();
        foreach (var (name, row) in All.Where(row => only.Count == 0 || only.Contains(row.Key)))
        {
            var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0];
            lines.AddRange((await row(benches)).Select(line => $"{line}   load before {load}"));
        }
        return lines;
    }

    public Task<GroupStage> OpenAsync(bool orchestrates = false, Noise? noise = null) =>
        GroupStage.OpenAsync(program, Path.Combine(scratch, $"ledger-{ledgers++}"), orchestrates, noise);

    public string FileOf(string name) => Path.Combine(scratch, name);

    public static void Check(bool isTrue, string what)
    {
        if (!isTrue) throw new InvalidOperationException($"Not so: {what}.");
    }

    public static bool Runs(GroupState state, int count) =>
        state.Supervisors.Values.Count(x => x.Status == SupervisorStatus.Running) == count;
}
