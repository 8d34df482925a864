using System.Diagnostics;
using Ledger.Model.Groups;
using Ledger.Platform;

namespace Ledger.Benchmarks.Groups;

/// <summary>What is killed, and how long until the group is whole again.</summary>
internal static class HealingRows
{
    private const int Rounds = 20;
    private const int WrapperRounds = 8;
    private static readonly string[] Often = ["--restart", "1000", "--backoff", "0ms"];

    /// <summary>A program, and a whole wrapper, killed: until the next program runs.</summary>
    public static async Task<IReadOnlyList<string>> RestartAsync(GroupBenches benches)
    {
        var (bare, restart) = (new Measure("group-restart: bare start"), new Measure("group-restart: program killed"));
        var (own, wrapper) = (new Measure("group-restart: a wrapper's start"), new Measure("group-restart: wrapper killed"));
        await using var stage = await benches.OpenAsync();
        stage.Supervise("b", Often, "sleep", "100001");
        await stage.RunningAsync("b");
        var started = TimeProvider.System.GetTimestamp();
        stage.Supervise("a", Often, "sleep", "100002");
        var present = await stage.RunningAsync("a");
        own.Add(TimeProvider.System.GetElapsedTime(started));
        for (var round = 0; round < Rounds; round++)
        {
            bare.Add(await BareAsync());
            (present, var took) = await KillAsync(stage, present, present.Program!.Pid);
            restart.Add(took);
        }
        for (var round = 0; round < WrapperRounds; round++)
        {
            (present, var took) = await KillAsync(stage, present, stage.WrapperOf("a"));
            wrapper.Add(took);
        }
        return [bare.InMilliseconds(), restart.InMilliseconds(), own.InMilliseconds(), wrapper.InMilliseconds()];
    }

    /// <summary>The orchestrator killed: until another member sees the next term.</summary>
    public static async Task<IReadOnlyList<string>> TakeoverAsync(GroupBenches benches)
    {
        var measure = new Measure("group-takeover: next term seen");
        await using var stage = await benches.OpenAsync();
        for (var n = 0; n < 3; n++) stage.Start("orchestrate", "--name", $"o{n}");
        await stage.UntilAsync(s => s.Members.Values.Count(m => m.IsPresent) == 4 && s.Acting is not null);
        for (var round = 0; round < Rounds; round++)
        {
            var before = stage.State;
            var started = TimeProvider.System.GetTimestamp();
            GroupStage.Kill(before.Members[before.Acting!].Process.Pid);
            var after = await stage.UntilAsync(s => s.Term > before.Term && s.Acting is not null);
            measure.Add(TimeProvider.System.GetElapsedTime(started));
            GroupBenches.Check(after.Term == before.Term + 1, "one successor");
            stage.Start("orchestrate", "--name", $"again{round}");
            await stage.UntilAsync(s => s.Members.Values.Count(m => m.IsPresent) == 4);
        }
        return [measure.InMilliseconds()];
    }

    /// <summary>An owner killed with nobody there to clean up: until its program, that one's children and theirs are gone.</summary>
    public static async Task<IReadOnlyList<string>> OwnerAsync(GroupBenches benches)
    {
        var (obeying, stubborn) = (new Measure("group-owner: programs that heed TERM"), new Measure("group-owner: programs that ignore TERM"));
        foreach (var (measure, trap) in new[] { (obeying, ""), (stubborn, "trap '' TERM; ") })
        {
            for (var round = 0; round < 5; round++)
            {
                await using var stage = await benches.OpenAsync();
                stage.Supervise("a", Often, "/bin/sh", "-c", $"{trap}sleep 100003 & (sleep 100004 & exec sleep 100005) & exec sleep 100006");
                await stage.RunningAsync("a");
                await GroupStage.WaitAsync(() => stage.Programs().Count >= 4, "its children");
                var started = TimeProvider.System.GetTimestamp();
                GroupStage.Kill(stage.WrapperOf("a"));
                await stage.EmptyAsync();
                measure.Add(TimeProvider.System.GetElapsedTime(started));
            }
        }
        return [obeying.InMilliseconds(), stubborn.InMilliseconds()];
    }

    private static async Task<TimeSpan> BareAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        using var process = Process.Start("sleep", "100");
        await GroupStage.BecomesAsync(process.Id, "sleep");
        var took = TimeProvider.System.GetElapsedTime(started);
        process.Kill();
        await process.WaitForExitAsync();
        return took;
    }

    private static async Task<(SupervisorEntry Present, TimeSpan Took)> KillAsync(GroupStage stage, SupervisorEntry before, int pid)
    {
        var started = TimeProvider.System.GetTimestamp();
        GroupStage.Kill(pid);
        var after = await stage.RunningAsync(before.SupervisorId, before.Run);
        await GroupStage.BecomesAsync(after.Program!.Pid, "sleep");
        var took = TimeProvider.System.GetElapsedTime(started);
        // A zombie is: whoever has become its parent reaps it when it comes to it.
        var old = ProcStat.Read(before.Program!.Pid);
        GroupBenches.Check(old is not { IsGone: false } || old.Value.StartToken != before.Program.StartToken, "the old program is gone");
        return (after, took);
    }
}
