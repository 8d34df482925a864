using Ledger.Model;

namespace Ledger.Testing.Simulation.Reference;

/// <summary>A call, from its start to the end of time: frames that left stay known.</summary>
internal sealed class ReferenceFrame(long position, string incarnation, CallStarted start, ReferenceFrame? caller)
{
    public long Position => position;

    public string Incarnation => incarnation;

    public CallStarted Start => start;

    public string CallId => start.CallId;

    public bool OnStack { get; set; } = true;

    public FrameStatus Status { get; set; } = FrameStatus.Active;

    public bool Cancelled { get; set; }

    /// <summary>The simulation's time of the entry that made it leave, if it must: its cancellation or the cleanup.</summary>
    public TimeSpan? EndingSince { get; set; }

    /// <summary>The simulation's time of its crash.</summary>
    public TimeSpan? CrashedAt { get; set; }

    /// <summary>It left by its owner's word that it ended well: what it registered is nobody's any more.</summary>
    public bool EndedWell { get; set; }

    public string? OverrunBy { get; set; }

    public Dictionary<string, Resource> Resources { get; } = start.Resources.ToDictionary(r => r.Key, StringComparer.Ordinal);

    public bool IsActive => OnStack && Status == FrameStatus.Active;

    /// <summary>Itself, then its callers, gone or not.</summary>
    public IEnumerable<ReferenceFrame> Path()
    {
        for (var f = this; f is not null; f = f.Caller) yield return f;
    }

    /// <summary>Where its failure stops, or null.</summary>
    public ReferenceFrame? Root => Path().FirstOrDefault(f => !f.Start.FailOnCrash);

    public ReferenceFrame? Caller => caller;
}

/// <summary>An incarnation in an operation.</summary>
internal sealed class ReferenceMember(string participantId, string incarnation)
{
    public string ParticipantId => participantId;

    public string Incarnation => incarnation;

    public MemberStatus Status { get; set; } = MemberStatus.Joined;

    public long LastSequence { get; set; }

    public long LastAccepted { get; set; }
}

/// <summary>Who has a supervisor id.</summary>
internal sealed record ReferenceSupervisor(string Incarnation, long Position, long BoundMs, bool Dead = false);

/// <summary>One entry, and what the reference says of it.</summary>
internal sealed record ReferenceEntry(long Position, Entry Entry, bool Accepted, TimeSpan At, string After)
{
    public EntryData Data => Entry.Data;
}
