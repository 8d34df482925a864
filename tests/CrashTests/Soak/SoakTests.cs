using System.Diagnostics;
using Ledger.CrashTests.Run;
using Ledger.Log;

namespace Ledger.CrashTests.Soak;

/// <summary>The short form of <c>benchmarks/Soak</c>. Memory is left to the long one: a process this young still grows.</summary>
public sealed class SoakTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(8);

    [LinuxFact]
    public async Task Under_kills_and_stops_every_operation_ends_and_nobody_is_declared_crashed_wrongly()
    {
        var start = new ProcessStartInfo("dotnet",
            ["exec", Path.Combine(AppContext.BaseDirectory, "Ledger.Soak.dll"), "--minutes", "0.5", "--processes", "6", "--json"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using var soak = Process.Start(start)!;
        try
        {
            var said = await soak.StandardOutput.ReadToEndAsync().WaitAsync(Bound);
            await soak.WaitForExitAsync().WaitAsync(Bound);
            var report = JsonFields.Parse(said);
            var faults = report.List<string>("faults").Where(f => !f.Contains(" grew from ", StringComparison.Ordinal)).ToList();
            Assert.True(faults.Count == 0, string.Join('\n', faults));
            Assert.Equal(0, report.Number("falseCrashes"));
            foreach (var name in new[] { "completed", "failed", "kills", "stops", "crashes" }) Assert.NotEqual(0, report.Number(name));
            Assert.All(report.List<JsonFields>("untouched"), p => Assert.InRange(p.Number("fdsLast"), 1, p.Number("fdsFirst") + 16));
        }
        finally
        {
            if (!soak.HasExited) soak.Kill(entireProcessTree: true);
        }
    }
}
