namespace Ledger.Runtime;

/// <summary>The change stream for those who prefer to be pushed to.</summary>
internal sealed class ChangeObservable(Operation operation, long after) : IObservable<StateChange>
{
    public IDisposable Subscribe(IObserver<StateChange> observer)
    {
        var stop = new CancellationTokenSource();
        _ = PushAsync(observer, stop.Token);
        return new Subscription(stop);
    }

    private async Task PushAsync(IObserver<StateChange> observer, CancellationToken stop)
    {
        try
        {
            await foreach (var change in operation.StateChanges(after, stop).ConfigureAwait(false)) observer.OnNext(change);
            observer.OnCompleted();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Unsubscribed: by contract nothing more is said.
        }
#pragma warning disable CA1031 // the contract of IObservable: an error is pushed, not thrown
        catch (Exception e)
#pragma warning restore CA1031
        {
            observer.OnError(e);
        }
    }

    private sealed class Subscription(CancellationTokenSource stop) : IDisposable
    {
        public void Dispose() => stop.Cancel();
    }
}
