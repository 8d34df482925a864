using System.Collections.Immutable;
using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>Something a member of a group should do now. The plan says it again at every look until the state has moved on:
/// who acts on it remembers what it has begun, by supervisor and run, or by command.</summary>
internal abstract record GroupStep;

/// <summary>Propose these entries, as one record.</summary>
internal sealed record ProposeToGroup(ImmutableArray<GroupEntryData> Data) : GroupStep
{
    public ProposeToGroup(GroupEntryData data) : this([data]) { }
}

/// <summary>I run this supervisor: prove its earlier program gone and its ports free, start its program held, activate, let it
/// run. Or say what holds, or at which step it failed.</summary>
internal sealed record StartInPlace(SupervisorEntry Supervisor) : GroupStep;

/// <summary>I am to spawn it: the same, then <see cref="StartTaken"/>, then a process that activates with the token.</summary>
internal sealed record SpawnProcess(SupervisorEntry Supervisor) : GroupStep;

/// <summary>I run it, and it is to stop: end its program, then say so.</summary>
internal sealed record StopProgram(SupervisorEntry Supervisor) : GroupStep;

/// <summary>Who ran it is gone, and it is to stop: prove its program gone, or end it, then say so.</summary>
internal sealed record ReleaseOld(SupervisorEntry Supervisor) : GroupStep;

/// <summary>I run it, and nobody has adopted it in time: end it and leave.</summary>
internal sealed record EndMyself(SupervisorEntry Supervisor) : GroupStep;

/// <summary>Take the command, and execute it if that is accepted.</summary>
internal sealed record TakeCommand(GroupCommand Command) : GroupStep;

/// <summary>Find and end processes of the group at this place whose owner is dead.</summary>
internal sealed record SweepOrphans : GroupStep;

/// <summary>Everything the group's rules look at besides the state: one member, at one moment.</summary>
internal sealed record GroupObservation
{
    /// <summary>The observer's incarnation.</summary>
    public required string Self { get; init; }

    /// <summary>Its monotonic clock, in milliseconds.</summary>
    public required long NowMs { get; init; }

    /// <summary>The ledger's staleness threshold, in milliseconds.</summary>
    public required long ThresholdMs { get; init; }

    /// <summary>The ledger's heartbeat interval, in milliseconds.</summary>
    public required long IntervalMs { get; init; }

    /// <summary>Its verdicts; who is missing was not looked at.</summary>
    public required IReadOnlyDictionary<string, Judgement> Liveness { get; init; }

    /// <summary>What it measures, already brought up to the state.</summary>
    public required GroupTimers Timers { get; init; }

    /// <summary>When it last swept, on its clock; null: not since it came, or took over.</summary>
    public long? SweptAtMs { get; init; }

    /// <summary>Should it take over with nobody else alive, keep what the lost supervisors were registered with.</summary>
    public bool KeepStartInfos { get; init; }

    public bool IsDead(string incarnation) => Liveness.GetValueOrDefault(incarnation)?.Grade == Grade.Dead;
}
