using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Tests.Rules.Exploration;

/// <summary>What really happened, kept apart from the fold: by this it is judged.</summary>
internal sealed class Truth
{
    /// <summary>Every frame that was ever pushed, as it was pushed.</summary>
    public Dictionary<long, CallStarted> Started { get; } = [];

    /// <summary>Every frame that crashed, as it was then.</summary>
    public Dictionary<long, Frame> Crashed { get; } = [];

    /// <summary>How many entries recorded each frame's cleaning.</summary>
    public Dictionary<long, int> CleanedUp { get; } = [];

    /// <summary>Crashed frames whose resources somebody of their place deleted.</summary>
    public HashSet<long> Deleted { get; } = [];

    /// <summary>Crashed frames whose resources were reported as left behind, by an accepted entry.</summary>
    public HashSet<long> Reported { get; } = [];

    /// <summary>Crashed frames whose supervisor's callback ran.</summary>
    public HashSet<long> Notified { get; } = [];

    /// <summary>Who acts as supervisor under each id now.</summary>
    public Dictionary<string, string> Supervisors { get; } = [];

    /// <summary>Incarnations that may not act under an id any more, for one frame (its position) or all (null).</summary>
    public HashSet<(string Id, string Incarnation, long? Frame)> Buried { get; } = [];

    /// <summary>Position of each incarnation's latest accepted entry.</summary>
    public Dictionary<string, long> SignOfLife { get; } = [];

    /// <summary>What the run came across, to be sure that runs come across everything.</summary>
    public HashSet<(string What, int Which)> Reached { get; } = [];

    /// <summary>Path of a frame, itself first, then its callers.</summary>
    public IEnumerable<long> Path(long position)
    {
        for (long? at = position; at is { } p; at = Started[p].Caller) yield return p;
    }

    /// <summary>Where a crash of the frame stops, or null.</summary>
    public long? Root(long position) =>
        Path(position).Select(p => (long?)p).FirstOrDefault(p => !Started[p!.Value].FailOnCrash);

    public void Effect(Actor actor, Step step)
    {
        var (frame, here) = step switch
        {
            CleanCrashed c => (c.Frame, c.Here),
            NotifySupervisor { Frame: { } f } n => (f, n.Here),
            _ => (null, false),
        };
        Reached.Add(step switch
        {
            CleanCrashed c => (c.Here ? "clean by rule" : "clean elsewhere by rule", c.Rule),
            NotifySupervisor n => (n.Frame is null ? "late notice" : "notice", 0),
            Propose { Data: CrashDetected d } => ("accuse", (int)d.Evidence),
            Propose { Data: var d } => ("propose", (int)d.Type),
            CleanOwn => ("clean own", 0),
            _ => ("archive", 0),
        });
        if (step is NotifySupervisor told) Notified.Add(told.Notice.Token);
        if (frame is null || !here) return;
        if (actor.Host != Crashed[frame.Position].Description) throw new PropertyException("deleted at another place");
        Deleted.Add(frame.Position);
    }

    public void Note(Entry entry, Outcome outcome)
    {
        if (outcome.Rejection is { } no)
        {
            Reached.Add((Reasons.Code(no), 0));
            return;
        }
        Reached.Add(("accepted", (int)entry.Data.Type));
        if (outcome.Contained.Length > 0) Reached.Add(("contained", 0));
        SignOfLife[entry.Incarnation] = outcome.Position;
        foreach (var f in outcome.Crashed) Crashed[f.Position] = f;
        Bury(entry);
        if (entry.Data is CallStarted started) Started[outcome.Position] = started;
        if (entry.Data is not FrameCleanedUp cleaned) return;
        CleanedUp[cleaned.Token] = CleanedUp.GetValueOrDefault(cleaned.Token) + 1;
        if (cleaned.LeftBehind.Length > 0) Reported.Add(cleaned.Token);
    }

    /// <summary>The rule that applies to a crashed frame, and by whose registration.</summary>
    public (int Rule, string? Supervisor) Rule(long position)
    {
        if (Started[position].SupervisorId is not { } id) return (2, null);
        if (!Supervisors.TryGetValue(id, out var who)) return (4, null);
        return Buried.Contains((id, who, null)) || Buried.Contains((id, who, position)) ? (4, who) : (3, who);
    }

    private void Bury(Entry entry)
    {
        var gone = entry.Data switch
        {
            ParticipantLeft => entry.Incarnation,
            CrashDetected { AboutFrames: false } d => d.Accused,
            _ => null,
        };
        foreach (var (id, who) in Supervisors.Where(p => p.Value == gone)) Buried.Add((id, who, null));
        if (entry.Data is SupervisorDied died) Buried.Add((died.SupervisorId, died.Incarnation, died.Token));
        if (entry.Data is not SupervisorRegistered came) return;
        Supervisors[came.SupervisorId] = entry.Incarnation;
        Buried.Remove((came.SupervisorId, entry.Incarnation, null));
    }
}

/// <summary>A property that does not hold.</summary>
public sealed class PropertyException(string message) : Exception(message);
