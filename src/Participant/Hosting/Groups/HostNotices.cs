using Ledger.Groups;
using Ledger.Hosting.Supervision;

namespace Ledger.Hosting;

/// <summary>Tells an init system that started this host that it is ready, that it lives, and that it stops.</summary>
internal sealed class HostNotices : IDisposable
{
    private readonly NotifySocket socket;
    private readonly ServiceWatchdog? watchdog;

    private HostNotices(NotifySocket socket, ServiceWatchdog? watchdog) => (this.socket, this.watchdog) = (socket, watchdog);

    /// <summary>Null when no init system listens.</summary>
    public static HostNotices? Begin(LedgerGroup group, TimeProvider time, Action<string> onFailure)
    {
        if (NotifySocket.TryOpen(Environment.GetEnvironmentVariable, onFailure) is not { } socket) return null;
        socket.Ready();
        var interval = ServiceWatchdog.Interval(Environment.GetEnvironmentVariable, Environment.ProcessId);
        return new HostNotices(socket, interval is { } asked ? new ServiceWatchdog(socket, asked, () => group.IsMember, time) : null);
    }

    public void Stopping() => socket.Stopping();

    public void Dispose()
    {
        watchdog?.Dispose();
        socket.Dispose();
    }
}
