using Ledger.Model.Groups;

namespace Ledger.Hosting.Supervision.Alerts;

/// <summary>Something in a group that a person should know of.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Group">The group's id.</param>
/// <param name="Supervisor">Which supervisor it is about; null when it is about none.</param>
/// <param name="Time">When, by the clock of who noticed it.</param>
/// <param name="Reason">Why, for people. Not empty where there is something to name: a port's holder, an exit code.</param>
/// <param name="Term">The orchestrator's term at that time.</param>
public sealed record Alert(
    AlertKind Kind, string Group, string? Supervisor, DateTimeOffset Time, string Reason, long Term);
