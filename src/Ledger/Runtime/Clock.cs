using System.Globalization;

namespace Ledger.Runtime;

/// <summary>The one clock of a participant: monotonic milliseconds for every decision, text for people.</summary>
internal sealed class Clock(TimeProvider time)
{
    private Spelled? last;

    public TimeProvider Provider { get; } = time;

    /// <summary>Monotonic milliseconds since some fixed moment of this process.</summary>
    public long NowMs => (long)Provider.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>UTC as files spell it.</summary>
    public string UtcText
    {
        get
        {
            var now = Provider.GetUtcNow();
            var ms = now.UtcTicks / TimeSpan.TicksPerMillisecond;
            // Many entries fall into one millisecond, and spelling a time costs as much as folding one.
            if (Volatile.Read(ref last) is { } same && same.Ms == ms) return same.Text;
            var spelled = Text(now);
            Volatile.Write(ref last, new Spelled(ms, spelled));
            return spelled;
        }
    }

    /// <summary>True when threads and kernel events drive the participant; otherwise the provider's timers do.</summary>
    public bool IsSystem => ReferenceEquals(Provider, TimeProvider.System);

    public static string Text(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private sealed record Spelled(long Ms, string Text);
}
