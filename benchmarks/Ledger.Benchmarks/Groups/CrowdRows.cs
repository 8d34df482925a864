using System.Globalization;
using Ledger.Model.Groups;
using Ledger.Platform;

namespace Ledger.Benchmarks.Groups;

/// <summary>Many workers of one process, and what one costs that waits.</summary>
internal static class CrowdRows
{
    private const int Workers = 100;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(15);

    /// <summary>From the start of the process that registers them until all run; from the call of <c>ledger stop</c> until it has
    /// returned. Both with the commands' own start.</summary>
    public static async Task<IReadOnlyList<string>> WorkersAsync(GroupBenches benches)
    {
        await using var stage = await benches.OpenAsync();
        var started = TimeProvider.System.GetTimestamp();
        var owner = stage.Supervise("w", ["--instances", $"{Workers}"], "sleep", "100007");
        await stage.UntilAsync(s => GroupBenches.Runs(s, Workers));
        var pids = stage.State.Supervisors.Values.Select(x => x.Program!.Pid).ToList();
        foreach (var pid in pids) await GroupStage.BecomesAsync(pid, "sleep");
        var running = TimeProvider.System.GetElapsedTime(started);
        GroupBenches.Check(pids.Distinct().Count() == Workers, "a process for each");

        started = TimeProvider.System.GetTimestamp();
        var stop = stage.Start("stop", "--all");
        await stop.WaitForExitAsync();
        var stopped = TimeProvider.System.GetElapsedTime(started);
        GroupBenches.Check(stop.ExitCode == 0 && stage.State.Supervisors.Values.All(x => x.Status == SupervisorStatus.Stopped), "all are stopped");
        await owner.WaitForExitAsync().WaitAsync(GroupStage.Bound);
        await stage.EmptyAsync();
        var gone = TimeProvider.System.GetElapsedTime(started);
        return
        [
            $"group-workers: {Workers} running after {GroupStage.Number(running.TotalSeconds)} s, stopped after "
            + $"{GroupStage.Number(stopped.TotalSeconds)} s, no process left after {GroupStage.Number(gone.TotalSeconds)} s",
        ];
    }

    /// <summary>A supervisor that orchestrates and one that does not, both with a sleeping program.</summary>
    public static async Task<IReadOnlyList<string>> IdleAsync(GroupBenches benches)
    {
        await using var stage = await benches.OpenAsync();
        foreach (var id in new[] { "a", "b" })
        {
            stage.Supervise(id, [], "sleep", "100008");
            await stage.RunningAsync(id);
        }
        await Task.Delay(Settling, TimeProvider.System);
        var pids = new[] { stage.WrapperOf("a"), stage.WrapperOf("b") };
        var (start, before) = (TimeProvider.System.GetTimestamp(), pids.Select(Cpu).ToList());
        await Task.Delay(Idle, TimeProvider.System);
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        return
        [
            .. pids.Select((pid, i) => $"group-idle: {(i == 0 ? "the orchestrator" : "another supervisor")}: "
                + $"{GroupStage.Number((Cpu(pid) - before[i]) * 1000 / seconds)} ms of processor time per second, {GroupStage.Number(ResidentMb(pid))} MB resident"),
        ];
    }

    /// <summary>Seconds of processor time, to the nanosecond: /proc/PID/stat counts in hundredths.</summary>
    private static double Cpu(int pid) => Directory.GetDirectories($"/proc/{pid}/task")
        .Sum(t => double.Parse(File.ReadAllText(Path.Combine(t, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture)) / 1e9;

    /// <summary>In millions of bytes.</summary>
    private static double ResidentMb(int pid) => double.Parse(
        Procfs.Read($"/proc/{pid}/status")!.Split('\n').First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
}
