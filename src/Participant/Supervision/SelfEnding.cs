namespace Ledger.Hosting.Supervision;

/// <summary>When an independent program that nobody orchestrates ends itself.</summary>
internal static class SelfEndingRule
{
    /// <summary>If nothing else is declared.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromMinutes(1);

    /// <summary>How long until it is due; zero: now; null: never, as there is an orchestrator.</summary>
    /// <param name="adoptWithin">How long it may be without one.</param>
    /// <param name="withoutFor">How long there has been none; null: there is one.</param>
    public static TimeSpan? Remaining(TimeSpan adoptWithin, TimeSpan? withoutFor)
    {
        if (withoutFor is not { } passed) return null;
        return passed >= adoptWithin ? TimeSpan.Zero : adoptWithin - passed;
    }
}

/// <summary>Ends an independent program that no orchestrator adopts within the declared time. It begins with none.
/// Thread-safe.</summary>
internal sealed class SelfEnding : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _adoptWithin;
    private readonly TimeProvider _time;
    private readonly Action _onDue;
    private readonly ITimer _timer;
    private long? _withoutSince;
    private bool _isOver;

    /// <summary><paramref name="onDue"/> is called once at most, on a timer's thread, and ends the program.</summary>
    public SelfEnding(TimeSpan adoptWithin, TimeProvider time, Action onDue)
    {
        _adoptWithin = adoptWithin;
        _time = time;
        _onDue = onDue;
        _withoutSince = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Look(), null, adoptWithin, Timeout.InfiniteTimeSpan);
    }

    /// <summary>To be told as often as it is known, changed or not, whether an orchestrator lives.</summary>
    public void Observe(bool hasOrchestrator)
    {
        lock (_gate)
        {
            if (_isOver || hasOrchestrator == (_withoutSince is null)) return;
            _withoutSince = hasOrchestrator ? null : _time.GetTimestamp();
            _timer.Change(hasOrchestrator ? Timeout.InfiniteTimeSpan : _adoptWithin, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_gate) _isOver = true;
        _timer.Dispose();
    }

    private void Look()
    {
        lock (_gate)
        {
            // The timer may have fired just before an orchestrator was seen.
            if (_isOver) return;
            var without = _withoutSince is { } since ? _time.GetElapsedTime(since) : (TimeSpan?)null;
            if (SelfEndingRule.Remaining(_adoptWithin, without) is not { } remaining) return;
            if (remaining > TimeSpan.Zero)
            {
                _timer.Change(remaining, Timeout.InfiniteTimeSpan);
                return;
            }

            _isOver = true;
        }

        _onDue();
    }
}
