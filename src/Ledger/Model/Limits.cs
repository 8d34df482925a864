namespace Ledger.Model;

/// <summary>What one operation may hold at most. They are part of the fold: everyone must refuse alike, so a change is a new
/// fold version.</summary>
public static class Limits
{
    /// <summary>Frames on the stack at one time.</summary>
    public const int Frames = 10_000;

    /// <summary>Calls in the life of an operation; their ids stay taken.</summary>
    public const int Calls = 1_000_000;

    /// <summary>Ancestors of a frame.</summary>
    public const int Depth = 256;

    /// <summary>Incarnations that ever joined an operation.</summary>
    public const int Members = 10_000;

    /// <summary>Supervisor ids registered in an operation.</summary>
    public const int Supervisors = 1_000;

    /// <summary>Resources of one frame.</summary>
    public const int ResourcesPerFrame = 256;

    /// <summary>Resources remembered as left behind; what comes later is in the log only.</summary>
    public const int LeftBehind = 1_000;

    /// <summary>Characters of a free text (reason, description, handle); longer ones are cut before they are
    /// proposed.</summary>
    public const int TextLength = 4_000;
}
