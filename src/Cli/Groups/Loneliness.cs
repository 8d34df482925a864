using Ledger.Groups;
using Ledger.Hosting.Supervision;
using Ledger.Model.Groups;

namespace Ledger.Cli.Groups;

/// <summary>Whether an independent supervisor has been without an orchestrator for too long.</summary>
internal sealed class Loneliness : IDisposable
{
    private readonly TaskCompletionSource due = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SelfEnding ending;

    public Loneliness(LedgerGroup group, SupervisorSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        ending = new SelfEnding(TimeSpan.FromMilliseconds(settings.AdoptWithinMs), time, () => due.TrySetResult());
        _ = WatchAsync(group, cancellationToken);
    }

    /// <summary>Completes when it has.</summary>
    public Task Due => due.Task;

    public void Dispose() => ending.Dispose();

    private async Task WatchAsync(LedgerGroup group, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var has = group.State.Acting is not null;
                ending.Observe(has);
                await group.WaitUntilAsync(state => state.Acting is not null != has, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // It ends for another reason.
            ending.Dispose();
        }
    }
}
