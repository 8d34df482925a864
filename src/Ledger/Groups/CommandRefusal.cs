namespace Ledger.Groups;

/// <summary>Why a member does not take a command up. What is refused was not begun: it has no effect.</summary>
/// <param name="Reason">For whoever sent it; cut to the length of the ledger's texts.</param>
public sealed record CommandRefusal(string Reason);
