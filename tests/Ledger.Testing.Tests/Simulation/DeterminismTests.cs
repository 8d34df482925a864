using System.Diagnostics;

namespace Ledger.Testing.Tests.Simulation;

/// <summary>A seed is the same run in every process: strings have other hash codes there.</summary>
public sealed class DeterminismTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "ledger-sim.dll");

    /// <summary>The seeds are some in which an order of hash codes was seen to matter.</summary>
    [Theory]
    [InlineData("operations", 21, 40)]
    [InlineData("groups", 1, 6)]
    public async Task A_seed_means_the_same_run_in_every_process(string about, int from, int seeds)
    {
        string[] arguments = ["exec", Program, "--about", about, "--from", $"{from}", "--seeds", $"{seeds}"];
        string[] digests = await Task.WhenAll(DigestAsync(arguments), DigestAsync(arguments), DigestAsync(arguments));
        Assert.Matches("^digest [0-9a-f]{16}$", digests[0]);
        Assert.All(digests, digest => Assert.Equal(digests[0], digest));
    }

    private static async Task<string> DigestAsync(IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        try
        {
            var told = await process.StandardOutput.ReadToEndAsync().WaitAsync(Bound);
            await process.WaitForExitAsync().WaitAsync(Bound);
            Assert.True(process.ExitCode == 0, told);
            var summary = told.Split('\n')[0];
            return summary[summary.IndexOf("digest", StringComparison.Ordinal)..].Trim();
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
