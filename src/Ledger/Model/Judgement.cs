namespace Ledger.Model;

/// <summary>How alive a participant looks to one observer.</summary>
public enum Grade
{
    /// <summary>Gave a sign of life within half its threshold.</summary>
    Alive,

    /// <summary>Silent for half its threshold, or paused by its own announcement.</summary>
    Suspect,

    /// <summary>Gone by the kernel's word, or silent for the whole threshold.</summary>
    Dead,

    /// <summary>Nothing can be said: it could not be looked at, or not for long enough.</summary>
    Unknown,
}

/// <summary>One observer's view of one incarnation.</summary>
/// <param name="Grade">The verdict.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="SilentForMs">For how long the observer saw no change, in milliseconds on its own clock; null when it
/// never looked.</param>
/// <param name="Evidence">What death was concluded from; null unless dead.</param>
public sealed record Judgement(Grade Grade, string Reason, long? SilentForMs = null, EvidenceType? Evidence = null)
{
    /// <summary>Not looked at yet.</summary>
    public static Judgement Unseen { get; } = new(Grade.Unknown, "not looked at yet");
}
