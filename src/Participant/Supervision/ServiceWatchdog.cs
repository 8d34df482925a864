using System.Globalization;

namespace Ledger.Hosting.Supervision;

/// <summary>Tells the init system at half of the interval it asks for that the service lives, as long as it does: by the
/// protocol of <c>sd_watchdog_enabled(3)</c>. A service that does not say so in time is restarted.</summary>
internal sealed class ServiceWatchdog : IDisposable
{
    /// <summary>The interval in microseconds.</summary>
    public const string IntervalVariable = "WATCHDOG_USEC";

    /// <summary>The process that is to say so; not set: any.</summary>
    public const string PidVariable = "WATCHDOG_PID";

    private readonly NotifySocket _socket;
    private readonly Func<bool> _isHealthy;
    private readonly ITimer _timer;

    /// <summary>Begins at once.</summary>
    /// <param name="socket">Where to say it.</param>
    /// <param name="interval">What the init system asks for.</param>
    /// <param name="isHealthy">Asked each time, on a timer's thread: false says nothing this time.</param>
    /// <param name="time">Measures the interval.</param>
    public ServiceWatchdog(NotifySocket socket, TimeSpan interval, Func<bool> isHealthy, TimeProvider time)
    {
        _socket = socket;
        _isHealthy = isHealthy;
        _timer = time.CreateTimer(_ => Tell(), null, TimeSpan.Zero, interval / 2);
    }

    /// <summary>The interval the init system asks of this process; null when it asks for none.</summary>
    public static TimeSpan? Interval(Func<string, string?> variable, int ownPid)
    {
        const ulong most = uint.MaxValue * 1000UL;
        var pid = variable(PidVariable);
        if (!string.IsNullOrEmpty(pid) && pid != ownPid.ToString(CultureInfo.InvariantCulture)) return null;
        return ulong.TryParse(variable(IntervalVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var micros)
            && micros is > 0 and < most
                ? TimeSpan.FromMicroseconds(micros)
                : null;
    }

    public void Dispose() => _timer.Dispose();

    private void Tell()
    {
        if (_isHealthy()) _socket.Alive();
    }
}
