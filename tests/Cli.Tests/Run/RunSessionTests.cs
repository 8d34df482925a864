using System.Diagnostics;
using Ledger.Cli.Run;
using Ledger.Model;
using Ledger.Testing;

namespace Ledger.Cli.Tests.Run;

public sealed class RunSessionTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Ledger.Cli.dll");

    private readonly TempLedger temp = new();

    /// <summary>The participant's clock: it hears of a death only when the test moves it.</summary>
    private readonly SimulatedTime hearing = new();

    public void Dispose() => temp.Dispose();

    [LinuxFact]
    public async Task A_neighbours_crash_is_recorded_before_the_failure_that_it_brought_about()
    {
        var threshold = TimeSpan.FromMinutes(1);
        var ledger = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = temp.Path, Time = hearing, StalenessThreshold = threshold });
        var participant = await ledger.JoinAsync("own");
        var operation = await participant.CreateOperationAsync("op");
        var call = await operation.StartCallAsync("own");
        await CrashCalleeAsync();

        // Which of the two would be faster is nobody's to say: the session must wait.
        OperationState? heard = null;
        var waiting = new NotedTime(2 * threshold, () => heard = ledger.Read("op"));
        var request = new RunRequest { LedgerPath = temp.Path, Name = "own", CallId = "own", Command = "/bin/sh", Arguments = ["-c", "exit 3"] };
        using var signals = new PassedSignals();
        using var session = new RunSession(request, participant, operation, call, new StatusEvents(null), signals, waiting);
        var run = session.RunAsync("/bin/sh");
        await Task.WhenAny(run, waiting.Asked).WaitAsync(Bound);
        await HearUntilAsync(run);

        Assert.Equal(3, await run);
        Assert.Equal((CauseType.ParticipantCrashed, "callee"), (heard?.Cause?.Type, heard?.Cause?.CallId));
        await HearUntilAsync(participant.DisposeAsync().AsTask());
    }

    private async Task CrashCalleeAsync()
    {
        string[] words = ["exec", Program, "run", "--ledger", temp.Path, "--operation", "op", "--caller", "own", "--call", "callee", "--"];
        var start = new ProcessStartInfo("dotnet", [.. words, "/bin/sh", "-c", "echo ready; exec sleep 60"]) { RedirectStandardOutput = true };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using var callee = Process.Start(start)!;
        Assert.Equal("ready", await callee.StandardOutput.ReadLineAsync().WaitAsync(Bound));
        callee.Kill();
        await callee.WaitForExitAsync().WaitAsync(Bound);
    }

    private async Task HearUntilAsync(Task end)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!end.IsCompleted && TimeProvider.System.GetElapsedTime(started) < Bound)
        {
            hearing.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        await end.WaitAsync(TimeSpan.Zero);
    }

    /// <summary>Real time that notes when somebody sets a timer of one length, and when it is given up.</summary>
    private sealed class NotedTime(TimeSpan noted, Action givenUp) : TimeProvider
    {
        private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => asked.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime != noted) return timer;
            asked.TrySetResult();
            return new NotedTimer(timer, givenUp);
        }
    }

    private sealed class NotedTimer(ITimer timer, Action givenUp) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            givenUp();
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>A test on real processes.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "Needs Linux: runs commands in process groups.";
    }
}
