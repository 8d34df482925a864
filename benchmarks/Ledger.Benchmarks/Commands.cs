using System.Diagnostics;
using System.Threading.Channels;

namespace Ledger.Benchmarks;

/// <summary>Processes that say lines on their standard outputs; gone when disposed of.</summary>
internal sealed class Commands : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly List<Process> processes = [];
    private readonly Channel<string> said = Channel.CreateUnbounded<string>();
    private readonly List<string> heard = [];

    public int LastPid => processes[^1].Id;

    public void Start(string[] words)
    {
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true };
        // A killed .NET process leaves its diagnostics sockets in the temporary directory.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => said.Writer.TryWrite(line.Data ?? "");
        process.BeginOutputReadLine();
        processes.Add(process);
    }

    /// <summary>The first line that begins so.</summary>
    public async Task<string> HearAsync(string beginning)
    {
        using var bound = new CancellationTokenSource(Bound, TimeProvider.System);
        while (true)
        {
            if (heard.Find(line => line.StartsWith(beginning, StringComparison.Ordinal)) is { } line) return line;
            heard.Add(await said.Reader.ReadAsync(bound.Token).ConfigureAwait(false));
        }
    }

    public async Task EndAsync()
    {
        foreach (var process in processes) await process.WaitForExitAsync().WaitAsync(Bound).ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var process in processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
