using Ledger.Groups;
using Ledger.Hosting.Supervision;

namespace Ledger.Hosting;

/// <summary>Tells an init system that started this host that it is ready, once all its services have begun, that it lives, and
/// that it stops.</summary>
internal sealed class HostNotices : IDisposable
{
    private readonly NotifySocket socket;
    private readonly ServiceWatchdog? watchdog;
    private readonly CancellationTokenRegistration started;

    private HostNotices(NotifySocket socket, ServiceWatchdog? watchdog, CancellationToken hostStarted)
    {
        (this.socket, this.watchdog) = (socket, watchdog);
        started = hostStarted.Register(() => socket.Ready());
    }

    /// <summary>Null when no init system listens.</summary>
    /// <param name="group">Whose member is healthy.</param>
    /// <param name="time">Measures the watchdog's interval.</param>
    /// <param name="onFailure">Is told why something was not sent.</param>
    /// <param name="hostStarted">Fires when every service of the host has begun.</param>
    public static HostNotices? Begin(LedgerGroup group, TimeProvider time, Action<string> onFailure, CancellationToken hostStarted)
    {
        if (NotifySocket.TryOpen(Environment.GetEnvironmentVariable, onFailure) is not { } socket) return null;
        var interval = ServiceWatchdog.Interval(Environment.GetEnvironmentVariable, Environment.ProcessId);
        var watchdog = interval is { } asked ? new ServiceWatchdog(socket, asked, () => group.IsMember, time) : null;
        return new HostNotices(socket, watchdog, hostStarted);
    }

    public void Stopping() => socket.Stopping();

    public void Dispose()
    {
        started.Dispose();
        watchdog?.Dispose();
        socket.Dispose();
    }
}
