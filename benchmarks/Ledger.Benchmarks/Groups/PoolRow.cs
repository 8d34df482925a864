using Ledger.Groups;
using Ledger.Model.Groups;

namespace Ledger.Benchmarks.Groups;

/// <summary>A pool of workers of which two are killed in each round, while commands are sent to all.</summary>
internal static class PoolRow
{
    private const int Pool = 8;
    private const int Kills = 2;
    private const int Seed = 4711;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Every command must have one outcome, the same for who asks again, and must have been executed once if it is
    /// done and at most once if not; every program must run again, once.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(GroupBenches benches, int rounds, int commands)
    {
        var (file, random) = (benches.FileOf("executed"), new Random(Seed));
        var heal = new Measure("group-pool: from two kills until all run");
        await using var stage = await benches.OpenAsync();
        // Whoever restarts is not killed, or what it restarted would die with it.
        stage.Start("orchestrate");
        await stage.UntilAsync(s => s.Acting is not null);
        var ids = Enumerable.Range(0, Pool).Select(n => $"w{n}").ToList();
        foreach (var id in ids)
        {
            stage.Supervise(id, ["--restart", "1000", "--backoff", "0ms", "--on-command", $"echo \"$LEDGER_COMMAND_ID\" >> '{file}'; sleep 0.0$(($$ % 10)); cat"],
                "sleep", "100010");
            await stage.RunningAsync(id);
        }
        var results = new List<CommandResult>();
        for (var round = 0; round < rounds; round++)
        {
            var share = (commands / rounds) + (round < commands % rounds ? 1 : 0);
            var sent = Enumerable.Range(0, share).Select(n => stage.Group.SendAsync(
                ids[random.Next(Pool)], "work", $"\"{round}.{n}\"", Deadline, $"c-{round}-{n}")).ToList();
            heal.Add(await KillAsync(stage, [.. ids.OrderBy(_ => random.Next()).Take(Kills)]));
            results.AddRange(await Task.WhenAll(sent).WaitAsync(GroupStage.Bound));
        }
        await CheckAsync(stage, results, commands, file);
        var outcomes = results.GroupBy(result => result.Status).OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key}");
        return [$"{heal.InMilliseconds()}   {results.Count} commands: {string.Join(", ", outcomes)}"];
    }

    private static async Task<TimeSpan> KillAsync(GroupStage stage, List<string> victims)
    {
        var before = victims.Select(id => stage.State.Supervisors[id]).ToList();
        var started = TimeProvider.System.GetTimestamp();
        foreach (var id in victims) GroupStage.Kill(stage.WrapperOf(id));
        foreach (var x in before) await stage.RunningAsync(x.SupervisorId, x.Run);
        await stage.UntilAsync(s => GroupBenches.Runs(s, Pool));
        return TimeProvider.System.GetElapsedTime(started);
    }

    private static async Task CheckAsync(GroupStage stage, List<CommandResult> results, int commands, string file)
    {
        GroupBenches.Check(results.Select(result => result.CommandId).Distinct().Count() == commands, "an outcome for each command");
        var executed = (await File.ReadAllLinesAsync(file)).CountBy(id => id).ToDictionary();
        foreach (var result in results)
        {
            var kept = stage.State.Commands[result.CommandId];
            GroupBenches.Check(kept.IsOver && kept.Status == result.Status && kept.Answer == result.Answer, $"one outcome: {kept}, {result}");
            var times = executed.GetValueOrDefault(result.CommandId);
            GroupBenches.Check(result.IsDone ? times == 1 : result.Status == CommandStatus.Refused ? times == 0 : times <= 1,
                $"{result} was executed {times} times");
        }
        GroupBenches.Check(stage.State.Supervisors.Values.Select(x => x.Program!.Pid).Distinct().Count() == Pool, "a program for each");
    }
}
