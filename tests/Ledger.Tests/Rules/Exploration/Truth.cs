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
        if (entry.Data is CallStarted started) Started[outcome.Position] = started;
        foreach (var f in outcome.Crashed) Crashed[f.Position] = f;
        if (entry.Data is not FrameCleanedUp cleaned) return;
        CleanedUp[cleaned.Token] = CleanedUp.GetValueOrDefault(cleaned.Token) + 1;
        if (cleaned.LeftBehind.Length > 0) Reported.Add(cleaned.Token);
    }
}

/// <summary>A property that does not hold.</summary>
public sealed class PropertyException(string message) : Exception(message);
