using Ledger;
using Ledger.Model;

namespace BridgeCrash;

/// <summary>The Bridge's supervisor. It knows calls by the process id they were started with.</summary>
internal sealed class BridgeWatch(Action<string> say) : ISupervisor
{
    private readonly List<string> crashed = [];
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when it was told of the first call.</summary>
    public Task Started => started.Task;

    /// <summary>Handles of the calls it was told had crashed.</summary>
    public IReadOnlyList<string> Crashed
    {
        get
        {
            lock (crashed) return [.. crashed];
        }
    }

    public ValueTask OnCallStartedAsync(SupervisedCall call, CancellationToken cancellationToken)
    {
        say($"watches process {call.Handle}");
        started.TrySetResult();
        return ValueTask.CompletedTask;
    }

    public ValueTask OnCallCrashedAsync(CrashedCall crash, CancellationToken cancellationToken)
    {
        lock (crashed) crashed.Add(crash.Call.Handle);
        say($"is told: process {crash.Call.Handle} crashed ({Wire.Name(crash.Evidence)}); a real one would start another");
        return ValueTask.CompletedTask;
    }
}
