using Ledger.Model;

namespace Ledger.Rules;

/// <summary>What an observer measures on its own clock.</summary>
internal enum Since
{
    /// <summary>A live frame has to leave.</summary>
    Ending,

    /// <summary>A frame is crashed.</summary>
    Crashed,

    /// <summary>A frame names a supervisor that never registered.</summary>
    Unsupervised,

    /// <summary>A crashed frame is its supervisor's to clean; keyed by registration too.</summary>
    Supervised,

    /// <summary>A registration is dead.</summary>
    SupervisorDead,

    /// <summary>The operation is terminal.</summary>
    Terminal,
}

/// <summary>When one observer first saw what it waits for, in milliseconds on its own monotonic clock. Immutable.</summary>
internal sealed class Timers
{
    /// <summary>How many times a change may take to be seen before silence can count.</summary>
    private const int DelaysWithin = 3;

    private readonly Dictionary<Key, long> starts;

    private Timers(Dictionary<Key, long> starts) => this.starts = starts;

    public static Timers Empty { get; } = new([]);

    /// <summary>The least staleness threshold, in milliseconds, where others see a change so late.</summary>
    public static long LeastThresholdMs(TimeSpan visibilityDelay) => (long)Math.Ceiling(DelaysWithin * visibilityDelay.TotalMilliseconds);

    /// <summary>The timers for a state: those that run already keep their start, new ones start now, others end.</summary>
    public Timers Next(OperationState state, long nowMs)
    {
        var keys = Keys(state).ToList();
        if (keys.Count == 0) return Empty;
        return new Timers(keys.ToDictionary(k => k, k => starts.GetValueOrDefault(k, nowMs)));
    }

    /// <summary>Lets every window grow by the observer's own lateness.</summary>
    public Timers Grow(long latenessMs) =>
        latenessMs <= 0 || starts.Count == 0 ? this
            : new Timers(starts.ToDictionary(p => p.Key, p => p.Value + latenessMs));

    /// <summary>Milliseconds since it was first seen; 0 when it was not.</summary>
    public long Elapsed(Since what, long position, long nowMs, long detail = 0) =>
        starts.TryGetValue(new(what, position, detail), out var start) ? Math.Max(0, nowMs - start) : 0;

    private static IEnumerable<Key> Keys(OperationState s)
    {
        if (s.IsTerminal) yield return new(Since.Terminal, 0, 0);
        foreach (var f in s.Stack.Values)
        {
            var supervisor = f.SupervisorId is { } id ? s.Supervisors.GetValueOrDefault(id) : null;
            if (f.SupervisorId is not null && supervisor is null) yield return new(Since.Unsupervised, f.Position, 0);
            if (f.Status == FrameStatus.Active && (s.Status == OperationStatus.Cleanup || f.Cancelled))
                yield return new(Since.Ending, f.Position, 0);
            if (f.Status != FrameStatus.Crashed) continue;
            yield return new(Since.Crashed, f.Position, 0);
            if (supervisor is { Dead: false }) yield return new(Since.Supervised, f.Position, supervisor.Position);
        }
        foreach (var r in s.Supervisors.Values.Where(r => r.Dead)) yield return new(Since.SupervisorDead, r.Position, 0);
    }

    private sealed record Key(Since What, long Position, long Detail);
}
