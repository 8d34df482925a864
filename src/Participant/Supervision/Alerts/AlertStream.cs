using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Ledger.Hosting.Supervision.Alerts;

/// <summary>Passes alerts on to whoever listens. Publishing never waits: a listener that is slower loses its oldest ones.
/// Thread-safe.</summary>
internal sealed class AlertStream(Action<Exception> onError)
{
    /// <summary>How many alerts wait for one listener.</summary>
    public const int MostWaiting = 256;

    private readonly Lock _gate = new();
    private Action<Alert>[] _listeners = [];

    /// <summary>Tells everybody who listens now.</summary>
    public void Publish(Alert alert)
    {
        foreach (var listener in Volatile.Read(ref _listeners)) Tell(listener, alert);
    }

    /// <summary>Calls back at each alert, on the thread that publishes, which must not be kept, until disposed of.</summary>
    public IDisposable Subscribe(Action<Alert> listener)
    {
        lock (_gate) _listeners = [.. _listeners, listener];
        return new Subscription(this, listener);
    }

    /// <summary>The alerts from the first step on, until cancelled.</summary>
    public async IAsyncEnumerable<Alert> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var waiting = Channel.CreateBounded<Alert>(new BoundedChannelOptions(MostWaiting)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
            SingleReader = true,
        });
        using var subscription = Subscribe(alert => waiting.Writer.TryWrite(alert));
        await foreach (var alert in waiting.Reader.ReadAllAsync(cancellation).ConfigureAwait(false)) yield return alert;
    }

    private void Tell(Action<Alert> listener, Alert alert)
    {
        try
        {
            listener(alert);
        }
        catch (Exception error)
        {
            // One listener must not keep the alert from the others, nor disturb the supervisor.
            onError(error);
        }
    }

    private sealed class Subscription(AlertStream stream, Action<Alert> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (stream._gate)
            {
                var at = Array.LastIndexOf(stream._listeners, listener);
                if (at >= 0) stream._listeners = [.. stream._listeners.Where((_, index) => index != at)];
            }
        }
    }
}
