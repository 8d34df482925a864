using System.Collections.Concurrent;
using System.Diagnostics;
using Ledger.Platform;

namespace Ledger.CrashTests.Run;

/// <summary>The built <c>ledger</c> command in a process of its own. Its waits are bounded; disposed of, it is gone.</summary>
internal sealed class LedgerProcess : IDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = [];
    private readonly ConcurrentQueue<string> errors = [];

    private LedgerProcess(IEnumerable<string> words, string eventsPath, IReadOnlyDictionary<string, string>? variables)
    {
        Events = new RunEvents(eventsPath);
        ReceiveSignals();
        var all = words.ToList();
        var start = new ProcessStartInfo(all[0], all.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // A killed .NET process leaves its diagnostics sockets in the temporary directory.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in variables ?? new Dictionary<string, string>()) start.Environment[name] = value;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(lines, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Pid => process.Id;

    /// <summary>What it says on its status descriptor.</summary>
    public RunEvents Events { get; }

    public IEnumerable<string> Lines => lines;

    public string Errors => string.Join('\n', errors);

    /// <summary>Starts words that <see cref="TestLedger.Words"/> made.</summary>
    public static LedgerProcess Start(
        IEnumerable<string> words, string eventsPath, IReadOnlyDictionary<string, string>? variables = null) =>
        new(words, eventsPath, variables);

    /// <summary>Starts a line of the shell on a terminal of its own.</summary>
    public static LedgerProcess StartOnTerminal(string line, string eventsPath) =>
        Start(["script", "-qec", line, "/dev/null"], eventsPath);

    /// <summary>Words as a line of the shell.</summary>
    public static string Quoted(params IEnumerable<string> words) =>
        string.Join(' ', words.Select(word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));

    /// <summary>Its exit code, once it and its output have ended.</summary>
    public async Task<int> ExitAsync(TimeSpan? bound = null)
    {
        using var limit = new CancellationTokenSource(bound ?? Eventually.Bound, TimeProvider.System);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            var state = process.HasExited ? "but its output does not" : $"its state is {ProcStat.Read(process.Id)?.State}";
            Assert.Fail($"It does not end ({state}). It said: {string.Join('\n', Lines)}\n{Errors}\n{Events}");
        }

        return process.ExitCode;
    }

    public async Task TypeAsync(string text)
    {
        await process.StandardInput.WriteAsync(text);
        await process.StandardInput.FlushAsync();
    }

    public void Signal(int signal) => Assert.Equal(0, Libc.Kill(Pid, signal));

    public void Dispose()
    {
        if (!process.HasExited) _ = Libc.Kill(Pid, Signals.Kill);
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>Whoever starts the tests in the background of a script has INT and QUIT ignored, with <c>nohup</c> HUP, and all
    /// that is started here would inherit that: the command leaves ignored what was ignored when it began.</summary>
    private static void ReceiveSignals()
    {
        foreach (var signal in new[] { Signals.Int, Signals.Quit, Signals.Hup })
        {
            if (Libc.IsIgnored(signal)) Libc.SetDefault(signal);
        }
    }

    private static void Keep(ConcurrentQueue<string> where, string? line)
    {
        if (line is not null) where.Enqueue(line);
    }
}
