using Ledger.Cli.Rendering;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Cli.Demo;

/// <summary>A story, and how it must end.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Title">What happens.</param>
/// <param name="Moral">What it showed.</param>
/// <param name="Threshold">Silence that counts as a crash. Short only where somebody is silent: a busy machine must not spoil
/// the others.</param>
/// <param name="Play">Plays it, and returns what was not as it must be.</param>
internal sealed record DemoScenario(string Name, string Title, string Moral, TimeSpan Threshold,
    Func<DemoStage, CancellationToken, Task<List<string>>> Play)
{
    /// <summary>No story takes longer, on the slowest machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(5);

    private static readonly string[] Cast = ["CLI", "Bridge", "VSCode"];

    private static readonly DemoScenario[] All =
    [
        new("bridge-crash", "CLI calls Bridge, Bridge calls VSCode. Then Bridge is killed.",
            "Both survivors were told, everything was cleaned up, and the history says why.", Patient, BridgeCrashAsync),
        new("bridge-hang", "CLI calls Bridge, Bridge calls VSCode. Then Bridge hangs, and later wakes up.",
            "A process that hangs is declared crashed; when it wakes up it can change nothing.", TimeSpan.FromSeconds(2), BridgeHangAsync),
        new("happy", "CLI calls Bridge, Bridge calls VSCode. Each returns.",
            "Nothing went wrong, and nothing was left.", Patient, HappyAsync),
        new("abort", "CLI calls Bridge, Bridge calls VSCode. Then CLI gives up.",
            "Everybody cleaned up by themselves.", Patient, AbortAsync),
        new("nested", "Ten processes, each calling the next. Then the fifth is killed.",
            "All nine survivors were told, and the whole chain was cleaned up.", Patient, NestedAsync),
    ];

    public static string[] Names { get; } = [.. All.Select(s => s.Name)];

    public static DemoScenario Named(string name) => All.Single(s => s.Name == name);

    private static async Task<List<string>> BridgeCrashAsync(DemoStage stage, CancellationToken stop)
    {
        await stage.BeginAsync(Cast, stop);
        return await KillAsync(stage, "Bridge", stop);
    }

    private static async Task<List<string>> NestedAsync(DemoStage stage, CancellationToken stop)
    {
        await stage.BeginAsync([.. Enumerable.Range(1, 10).Select(i => $"P{i}")], stop);
        return await KillAsync(stage, "P5", stop);
    }

    private static async Task<List<string>> KillAsync(DemoStage stage, string victim, CancellationToken stop)
    {
        var process = stage.Find(victim);
        stage.Narrator.Say("demo", "killed", $"kill -9 {process.Pid} ({victim})", Styles.Bad);
        var begin = TimeProvider.System.GetTimestamp();
        process.Signal(Signals.Kill);
        await stage.MeasureAsync("kill", begin, stage.Processes.Where(p => p != process), stop);
        return await stage.FaultsAsync(OperationStatus.Failed, CauseType.ParticipantCrashed, victim, stop);
    }

    private static async Task<List<string>> BridgeHangAsync(DemoStage stage, CancellationToken stop)
    {
        await stage.BeginAsync(Cast, stop);
        var bridge = stage.Find("Bridge");
        stage.Narrator.Say("demo", "stopped", $"kill -STOP {bridge.Pid} (Bridge): it hangs", Styles.Bad);
        var begin = TimeProvider.System.GetTimestamp();
        bridge.Signal(Signals.Stop);
        try
        {
            await stage.MeasureAsync("stop", begin, stage.Processes.Where(p => p != bridge), stop);
        }
        finally
        {
            stage.Narrator.Say("demo", "continued", $"kill -CONT {bridge.Pid} (Bridge): it wakes up", Styles.Good);
            bridge.Signal(Signals.Continue);
        }
        await bridge.SaysAsync("fenced", stop);
        var code = await bridge.ExitAsync(stop);
        var faults = await stage.FaultsAsync(OperationStatus.Failed, CauseType.ParticipantCrashed, "Bridge", stop);
        if (code != 0) faults.Add($"Bridge ended with exit code {code}");
        return faults;
    }

    private static async Task<List<string>> HappyAsync(DemoStage stage, CancellationToken stop)
    {
        await stage.BeginAsync(Cast, stop);
        foreach (var process in stage.Processes.Reverse())
        {
            process.Tell("end");
            await process.SaysAsync("returned", stop);
        }
        stage.Find("CLI").Tell("complete");
        return await stage.FaultsAsync(OperationStatus.Completed, null, null, stop);
    }

    private static async Task<List<string>> AbortAsync(DemoStage stage, CancellationToken stop)
    {
        await stage.BeginAsync(Cast, stop);
        var begin = TimeProvider.System.GetTimestamp();
        stage.Find("CLI").Tell("abort");
        await stage.MeasureAsync("abort", begin, stage.Processes, stop);
        return await stage.FaultsAsync(OperationStatus.Failed, CauseType.Aborted, "CLI", stop);
    }
}
