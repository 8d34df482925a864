using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Ledger.Hosting.Tests.Processes;

/// <summary>A wrapper in a process of its own, which a test may kill.</summary>
internal sealed class Probe : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Ledger.ProcessProbe.dll");
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = [];

    private Probe(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardInput = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data?.Trim() ?? "(end)");
        _process.Start();
        _process.BeginOutputReadLine();
    }

    /// <summary>Pid and group of the command, once it was started.</summary>
    public int Command { get; private set; }

    /// <summary>The wrapper, or what made its terminal.</summary>
    public int Pid => _process.Id;

    public StreamWriter Input => _process.StandardInput;

    public static Task<Probe> Start(params string[] arguments) => Start(new ProcessStartInfo("dotnet", [Program, .. arguments]));

    public static Task<Probe> StartWith(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments]);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return Start(start);
    }

    /// <summary>On a terminal of its own.</summary>
    public static Task<Probe> StartOnTerminal(params string[] arguments)
    {
        var words = string.Join(' ', arguments.Prepend(Program).Select(word => $"'{word}'"));
        return Start(new ProcessStartInfo("script", ["-qec", $"dotnet {words}", "/dev/null"]));
    }

    public async Task Says(string line)
    {
        await Eventually.True(() => _lines.Contains(line) || _lines.Contains("(end)"), line);
        Assert.Contains(line, _lines);
    }

    public bool HasSaid(string line) => _lines.Contains(line);

    public void Kill() => _process.Kill();

    public void Signal(int signal) => Assert.Equal(0, Ledger.Platform.Libc.Kill(Pid, signal));

    /// <summary>Its exit code, once it has ended.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(Eventually.Bound, TimeProvider.System);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (Command > 1) _ = Ledger.Platform.Libc.Kill(-Command, Ledger.Platform.Signals.Kill);
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static async Task<Probe> Start(ProcessStartInfo start)
    {
        // A killed .NET process leaves its diagnostics sockets in the temporary directory.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        var probe = new Probe(start);
        const string started = "started ";
        await Eventually.True(() => probe._lines.Any(each => each.StartsWith(started, StringComparison.Ordinal)), "the start");
        var line = probe._lines.First(each => each.StartsWith(started, StringComparison.Ordinal));
        probe.Command = int.Parse(line[started.Length..], CultureInfo.InvariantCulture);
        return probe;
    }
}
