using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Runtime.Replication;

namespace Ledger.Groups;

/// <summary>How a participant joins a group.</summary>
public sealed record GroupOptions
{
    /// <summary>It may be elected orchestrator. Default: false.</summary>
    public bool CanOrchestrate { get; init; }

    /// <summary>It may spawn processes for others of its host; needs an executor, as the hosted services bring one. Default:
    /// false.</summary>
    public bool CanSpawn { get; init; }

    /// <summary>If it takes over a group of which nobody else lives: keep what the lost supervisors were registered with.
    /// Default: false, the group starts afresh.</summary>
    public bool KeepStartInfos { get; init; }

    /// <summary>The invitation it comes with; needs <see cref="Token"/>. Default: none.</summary>
    public string? InviteId { get; init; }

    /// <summary>That invitation's secret. Default: none.</summary>
    public string? Token { get; init; }

    /// <summary>The run of whoever started this process; at most 128 characters. Default: none.</summary>
    public string? RunId { get; init; }

    /// <summary>How long leaving waits for commands that are being worked on, and for programs to be stopped, before it goes
    /// all the same. Default 10 s; 0 to 1 hour.</summary>
    public TimeSpan LeaveBound { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Does what is decided about processes; null: this member starts and stops none.</summary>
    internal IGroupExecutor? Executor { get; init; }

    /// <summary>When a segment of the group's log is full; null: as fits the kind of log.</summary>
    internal SegmentOptions? Segments { get; init; }

    /// <summary>Throws when a value is out of its range.</summary>
    /// <exception cref="ArgumentException">Names the option and its range.</exception>
    public void Validate()
    {
        if (LeaveBound < TimeSpan.Zero || LeaveBound > TimeSpan.FromHours(1))
            throw new ArgumentException($"GroupOptions.LeaveBound is {LeaveBound}; it must be 0 to 1 hour.");
        if (InviteId is null != Token is null)
            throw new ArgumentException("GroupOptions.InviteId and Token belong together: give both, or neither.");
        if (InviteId is not null) Identifier.Require(InviteId, "invitation id");
        if (RunId is { Length: > GroupLimits.NameLength })
            throw new ArgumentException($"GroupOptions.RunId has {RunId.Length} characters; it must be at most {GroupLimits.NameLength}.");
    }
}
