using System.Diagnostics;
using Ledger.Hosting.Processes;

namespace Ledger.Hosting.Tests.Processes;

public sealed class ChildScriptsTests
{
    [LinuxFact]
    public async Task The_gate_opens_for_one_whole_word_only()
    {
        Assert.Equal(7, await Gate("go\n"));
        Assert.Equal(125, await Gate(""));
        Assert.Equal(125, await Gate("go"));
        Assert.Equal(125, await Gate("no\n"));
        Assert.Equal(125, await Gate("\n"));
    }

    private static async Task<int> Gate(string input)
    {
        string[] words = ["-c", ChildScripts.Gate(0), "ledger-gate", "/bin/sh", "-c", "exit 7"];
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", words) { RedirectStandardInput = true })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Eventually.Bound);
        return process.ExitCode;
    }
}
