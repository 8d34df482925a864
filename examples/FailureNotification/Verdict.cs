using Ledger.Model;

namespace FailureNotification;

/// <summary>What a pattern can answer. There is no fourth way, and none is mistaken for another.</summary>
internal enum VerdictKind
{
    Answered,
    Crashed,
    TimedOut,
}

/// <summary>A pattern's answer.</summary>
internal sealed record Verdict(VerdictKind Kind, string Text)
{
    /// <summary>For people.</summary>
    public string Word => Kind == VerdictKind.TimedOut ? "timed out" : Wire.Name(Kind);

    public static Verdict Answered(string answer) => new(VerdictKind.Answered, answer);

    public static Verdict Crashed(string why) => new(VerdictKind.Crashed, why);

    public static Verdict Crashed(Cause? cause) => new(VerdictKind.Crashed, $"{cause}");

    public static Verdict TimedOut(string what) => new(VerdictKind.TimedOut, what);
}
