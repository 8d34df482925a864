using System.Diagnostics;
using System.Globalization;
using Ledger.Platform;

namespace Ledger.Soak;

/// <summary>A participant's process, as the driver sees it.</summary>
internal sealed class Subject : IAsyncDisposable
{
    private static readonly TimeSpan EndsAtOnce = TimeSpan.FromMinutes(3);

    private readonly Process process;
    private readonly Task output;
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<string> onError;
    private bool isKilled;

    private Subject(string id, Process process, Action<string> onError)
    {
        (Id, this.process, this.onError) = (id, process, onError);
        output = ReadAsync();
    }

    public string Id { get; }

    public int Pid => process.Id;

    /// <summary>Empty until it takes part.</summary>
    public string Incarnation { get; private set; } = "";

    public bool WasStopped { get; private set; }

    public bool IsStopped { get; private set; }

    /// <summary>Calls it started, as it said last.</summary>
    public long Calls { get; private set; }

    /// <summary>Attempts that were refused: others were faster, or it was fenced.</summary>
    public long Refused { get; private set; }

    /// <summary>Crashes its supervisor was told of.</summary>
    public long Told { get; private set; }

    public Task Ready => ready.Task;

    public Task Drained => drained.Task;

    public static Subject Start(string ledger, string id, int seed, Action<string> onError)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Ledger.Soak.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", program, "participant", ledger, id, seed.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // A killed process could not remove the sockets it would be debugged by.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return new Subject(id, Process.Start(start)!, onError);
    }

    public void Drain()
    {
        process.StandardInput.WriteLine("drain");
        process.StandardInput.Flush();
    }

    public void Stop()
    {
        WasStopped = IsStopped = true;
        _ = Libc.Kill(Pid, Signals.Stop);
    }

    public void Continue()
    {
        IsStopped = false;
        _ = Libc.Kill(Pid, Signals.Continue);
    }

    public async Task KillAsync()
    {
        isKilled = true;
        process.Kill();
        await output.WaitAsync(EndsAtOnce);
        await process.WaitForExitAsync().WaitAsync(EndsAtOnce);
    }

    /// <summary>Closes its input and waits for its end.</summary>
    public async Task QuitAsync()
    {
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().WaitAsync(EndsAtOnce);
            if (process.ExitCode != 0) onError($"{Id} ended with {process.ExitCode}");
        }
        catch (TimeoutException)
        {
            onError($"{Id} did not end");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            if (words is ["ready", var incarnation])
            {
                Incarnation = incarnation;
                ready.TrySetResult();
            }
            else if (words is ["did" or "drained", _, var calls, var refused])
            {
                (Calls, Refused) = (long.Parse(calls, CultureInfo.InvariantCulture), long.Parse(refused, CultureInfo.InvariantCulture));
                if (words[0] == "drained") drained.TrySetResult();
            }
            else if (words is ["told"]) Told++;
            else if (!isKilled) onError($"{Id}: {line}"); // a line of a killed one may be cut
        }
        if (!ready.Task.IsCompleted && !isKilled) onError($"{Id} ended before it took part");
        ready.TrySetResult();
        if (drained.TrySetResult() && !isKilled) onError($"{Id} ended by itself");
    }
}
