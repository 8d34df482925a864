using Ledger.Model.Groups;
using Ledger.Platform;

namespace Ledger.Benchmarks.Groups;

/// <summary>Members that come, work and go, some of them by KILL.</summary>
internal static class CycleRows
{
    private const int Seed = 4711;

    /// <summary>Each cycle: a supervisor joins, does a command, and leaves, or is killed. This process orchestrates, and spawns
    /// nothing: nobody comes back. Everybody's joining and leaving must be told once, and nothing logged here but about who was
    /// killed.</summary>
    public static async Task<IReadOnlyList<string>> CyclesAsync(GroupBenches benches, int cycles)
    {
        using var noise = new Noise();
        var random = new Random(Seed);
        var measure = new Measure("group-cycles: from the start to the end");
        await using var stage = await benches.OpenAsync(orchestrates: true, noise);
        var after = stage.State.Position;
        var killed = new HashSet<string>(StringComparer.Ordinal);
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            var started = TimeProvider.System.GetTimestamp();
            var isKilled = random.Next(3) == 0;
            if (isKilled) killed.Add($"m{cycle}");
            await OneAsync(stage, $"m{cycle}", isKilled);
            measure.Add(TimeProvider.System.GetElapsedTime(started));
        }
        await stage.EmptyAsync();
        var (joined, left) = await CountAsync(stage, after);
        GroupBenches.Check(joined == cycles && left == cycles, $"{cycles} joined and left, but {joined} and {left}");
        var loud = noise.Heard.Where(line => !line.Split(' ', ':', '.', ',', ';', '\'').Any(killed.Contains)).ToList();
        GroupBenches.Check(loud.Count == 0, $"no warning: {string.Join("; ", loud.Take(3))}");
        var told = stage.Said.Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)
            || line.Contains("warn", StringComparison.OrdinalIgnoreCase)).ToList();
        GroupBenches.Check(told.Count == 0, $"no error told: {string.Join("; ", told.Take(3))}");
        return [$"{measure.InMilliseconds()}   {joined + left} membership events, {killed.Count} by KILL, no warning about the others"];
    }

    private static async Task OneAsync(GroupStage stage, string id, bool isKilled)
    {
        var process = stage.Supervise(id, ["--restart", "0", "--on-command", "cat"], "sleep", "100009");
        await stage.RunningAsync(id);
        var result = await stage.Group.SendAsync(id, "work", "1", GroupStage.Bound);
        GroupBenches.Check(result is { IsDone: true, Answer: "1" }, $"the command is done: {result}");
        var incarnation = stage.State.Supervisors[id].Incarnation!;
        if (Libc.Kill(process.Id, isKilled ? Signals.Kill : Signals.Term) != 0) throw new InvalidOperationException("It is gone already.");
        await process.WaitForExitAsync().WaitAsync(GroupStage.Bound);
        var state = await stage.UntilAsync(s => !s.IsPresent(incarnation));
        var expected = isKilled ? DepartureReason.Crashed : DepartureReason.Normal;
        GroupBenches.Check(state.Members[incarnation].Departure == expected, $"it left as {expected}");
    }

    /// <summary>Joined and left, each counted once per incarnation that the stream names; more than once is more.</summary>
    private static async Task<(int Joined, int Left)> CountAsync(GroupStage stage, long after)
    {
        var (last, joined, left) = (stage.State.Position, 0, 0);
        await foreach (var change in stage.Group.Changes(after))
        {
            foreach (var each in change.Outcome is { Accepted: true } outcome ? outcome.Events.OfType<MembershipChanged>() : [])
            {
                joined += each.Status == GroupMemberStatus.Joined ? 1 : 0;
                left += each.Status == GroupMemberStatus.Left ? 1 : 0;
            }
            if (change.Position >= last) break;
        }
        return (joined, left);
    }
}
