using System.Collections.Frozen;
using Ledger.Model;

namespace Ledger.Rules;

/// <summary>Something a participant should do now.</summary>
internal abstract record Step;

/// <summary>Propose an entry.</summary>
internal sealed record Propose(EntryData Data) : Step;

/// <summary>Rule 1: clean my own frame, then ask for its removal.</summary>
internal sealed record CleanOwn(Frame Frame) : Step;

/// <summary>Rules 2 and 4, and 3 once the callback has been told: clean a crashed frame.
/// <paramref name="Here"/>: this participant may touch its resources; otherwise nobody who may is alive, or did it in time,
/// and they are reported as left behind.</summary>
internal sealed record CleanCrashed(Frame Frame, int Rule, string? Supervisor, bool Here) : Step;

/// <summary>Rule 3: tell my supervisor callback of a crash, then clean the frame if it is still there.</summary>
internal sealed record NotifySupervisor(CrashNotice Notice, Frame? Frame, bool Here) : Step;

/// <summary>Move the finished operation to the backup.</summary>
internal sealed record Archive : Step;

/// <summary>Everything the rules look at besides the state: one observer, at one moment.</summary>
internal sealed record Observation
{
    /// <summary>The observer's incarnation.</summary>
    public required string Self { get; init; }

    /// <summary>The observer's process: which resources it may touch.</summary>
    public required ProcessIdentity Process { get; init; }

    /// <summary>Its monotonic clock, in milliseconds.</summary>
    public required long NowMs { get; init; }

    /// <summary>The ledger's staleness threshold, in milliseconds.</summary>
    public required long ThresholdMs { get; init; }

    /// <summary>The ledger's heartbeat interval, in milliseconds.</summary>
    public required long IntervalMs { get; init; }

    /// <summary>Its verdicts; who is missing was not looked at.</summary>
    public required IReadOnlyDictionary<string, Judgement> Liveness { get; init; }

    /// <summary>Watched frames that showed no progress in time, by position, with the time they were silent, in
    /// milliseconds.</summary>
    public required IReadOnlyDictionary<long, long> Hung { get; init; }

    /// <summary>Supervisor ids the observer has registered with the ledger.</summary>
    public IReadOnlySet<string> Supervises { get; init; } = FrozenSet<string>.Empty;

    /// <summary>What it measures, already brought up to the state.</summary>
    public required Timers Timers { get; init; }
}
