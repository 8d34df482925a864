using System.Collections.Immutable;

namespace Ledger.Model.Groups;

/// <summary>What an entry did to a group. Equal for everyone who folds the log.</summary>
/// <param name="Position">Position of the entry.</param>
/// <param name="Rejection">Why it did nothing, or null when it was accepted. Begins with a code of
/// <c>GroupReasons</c>, which may be followed by ": " and details.</param>
/// <param name="Events">What it did, in order.</param>
public sealed record GroupOutcome(long Position, string? Rejection, ImmutableArray<GroupEvent> Events)
{
    /// <summary>True when it took effect.</summary>
    public bool Accepted => Rejection is null;
}
