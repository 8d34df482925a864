using System.Diagnostics;
using System.Threading.Channels;

namespace Ledger.CrashTests;

/// <summary>A participant in a process of its own, commanded by the test, which may kill or stop it. Every wait has a
/// bound.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>Makes a worker look as if it ran on a machine of this name.</summary>
    public const string HostVariable = "LEDGER_WORKER_HOST";

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Ledger.Worker.dll");

    private readonly Process process;
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    private readonly List<string> heard = [];
    private bool disposed;

    private WorkerProcess(Process process)
    {
        this.process = process;
        _ = ReadAsync();
    }

    public int Pid => process.Id;

    public string Incarnation { get; private set; } = "";

    /// <summary>Everything it said that was read so far.</summary>
    public IReadOnlyList<string> Heard => heard;

    public static Task<WorkerProcess> StartAsync(
        string ledger, string participantId, IReadOnlyDictionary<string, string>? environment = null) =>
        StartAsync([ledger, participantId], environment);

    /// <summary>Starts the program in whichever of its modes the arguments say.</summary>
    public static async Task<WorkerProcess> StartAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // A killed .NET process leaves its diagnostics sockets in the temporary directory.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var worker = new WorkerProcess(Process.Start(start)!);
        var ready = await worker.HearAsync("ready");
        worker.Incarnation = ready.Split(' ')[2];
        return worker;
    }

    /// <summary>Sends a command and returns its answer, without "ok" and the command's name.</summary>
    public async Task<string> DoAsync(string command)
    {
        await SendAsync(command);
        var verb = command.Split(' ')[0];
        var answer = await HearAsync($"ok {verb}", $"error {verb}");
        Assert.StartsWith("ok", answer, StringComparison.Ordinal);
        return answer[$"ok {verb}".Length..].Trim();
    }

    public async Task SendAsync(string command)
    {
        await process.StandardInput.WriteLineAsync(command);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>The next line that begins with one of the given words, whatever was said before it and not asked for
    /// yet.</summary>
    public async Task<string> HearAsync(params string[] beginnings)
    {
        var known = heard.FindIndex(line => Begins(line, beginnings));
        if (known >= 0)
        {
            var line = heard[known];
            heard.RemoveAt(known);
            return line;
        }
        using var bound = new CancellationTokenSource(Bound);
        try
        {
            while (true)
            {
                var line = await lines.Reader.ReadAsync(bound.Token);
                if (Begins(line, beginnings)) return line;
                heard.Add(line);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw new TimeoutException($"'{string.Join("' or '", beginnings)}' was not said; said was: {string.Join(" | ", heard)}");
        }
    }

    /// <summary>All lines said so far and not asked for yet, without waiting.</summary>
    public List<string> Rest()
    {
        while (lines.Reader.TryRead(out var line)) heard.Add(line);
        return heard;
    }

    /// <summary>Every line from now on, until the process ended.</summary>
    public IAsyncEnumerable<string> LinesAsync() => lines.Reader.ReadAllAsync();

    public void Kill() => Signal(9);

    public void Stop() => Signal(19);

    public void Continue() => Signal(18);

    public Task ExitedAsync() => process.WaitForExitAsync().WaitAsync(Bound);

    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static bool Begins(string line, string[] beginnings) =>
        Array.Exists(beginnings, b => line == b || line.StartsWith(b + " ", StringComparison.Ordinal));

    private void Signal(int signal)
    {
        if (Platform.Libc.Kill(Pid, signal) != 0) throw new InvalidOperationException($"Signal {signal} to {Pid} failed.");
    }

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line) lines.Writer.TryWrite(line);
        lines.Writer.Complete();
    }
}
