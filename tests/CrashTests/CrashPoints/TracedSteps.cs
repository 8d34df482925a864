using System.Diagnostics;

namespace Ledger.CrashTests.CrashPoints;

/// <summary>One run of every step of the protocol in a process of its own, under <c>strace</c>, which follows the one thread
/// that takes the steps.</summary>
/// <param name="Acknowledged">The steps that were acknowledged, in order.</param>
/// <param name="Calls">The calls on the ledger's directory, up to and including the one it was killed at.</param>
/// <param name="WasKilled">Whether it died of the kill, and not by itself.</param>
internal sealed record TracedSteps(IReadOnlyList<string> Acknowledged, IReadOnlyList<TracedCall> Calls, bool WasKilled)
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Ledger.Worker.dll");

    /// <summary>Takes the steps of a mode of the program on a directory that does not exist yet, and kills the process right
    /// before a call takes effect; null: not at all.</summary>
    public static async Task<TracedSteps> RunAsync(
        string mode, string ledger, LogKind log, bool flush, bool all, TracedCall? killAt)
    {
        var trace = ledger + ".trace";
        string[] inject = killAt is null ? [] : ["-e", $"inject={killAt.Name}:signal=KILL:when={killAt.Ordinal}"];
        var start = new ProcessStartInfo("strace", [
            "-q", "-y", "-s", "32", "-o", trace, "-e", $"trace={TracedCall.Traced(all)}", .. inject,
            "dotnet", "exec", Program, mode, ledger, log.ToString(), flush.ToString()])
        {
            RedirectStandardOutput = true,
        };
        // Its sockets in the temporary directory would stay; and fewer threads start faster.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var process = Process.Start(start)!;
        try
        {
            var said = await process.StandardOutput.ReadToEndAsync().WaitAsync(WorkerProcess.Bound);
            await process.WaitForExitAsync().WaitAsync(WorkerProcess.Bound);
            var lines = await File.ReadAllLinesAsync(trace);
            var acknowledged = said.Split('\n').Where(l => l.StartsWith("ack ", StringComparison.Ordinal)).Select(l => l[4..]);
            return new TracedSteps([.. acknowledged], TracedCall.Parse(lines, ledger), lines[^1].Contains("killed by SIGKILL", StringComparison.Ordinal));
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}

/// <summary>A theory that needs <c>strace</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StraceTheoryAttribute : TheoryAttribute
{
    public StraceTheoryAttribute()
    {
        if (!File.Exists("/usr/bin/strace")) Skip = "needs the program strace (Debian package: strace)";
    }
}
