namespace Ledger.Hosting.Supervision.Alerts;

/// <summary>What somebody should know of.</summary>
public enum AlertKind
{
    /// <summary>A supervisor's program ended, or it never began.</summary>
    SupervisorFailed,

    /// <summary>A supervisor runs again.</summary>
    SupervisorRestarted,

    /// <summary>A supervisor was given up after its last attempt.</summary>
    SupervisorDead,

    /// <summary>Another orchestrator took over.</summary>
    OrchestratorTakeover,

    /// <summary>A restart waits because something is still held.</summary>
    ResourcesNotReleased,

    /// <summary>Processes were found whose owner is dead.</summary>
    OrphansFound,
}

/// <summary>Something in a group that a person should know of.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Group">The group's id.</param>
/// <param name="Supervisor">Which supervisor it is about; null when it is about none.</param>
/// <param name="Time">When, by the clock of who noticed it.</param>
/// <param name="Reason">Why, for people. Not empty where there is something to name: a port's holder, an exit code.</param>
/// <param name="Term">The orchestrator's term at that time.</param>
public sealed record Alert(
    AlertKind Kind, string Group, string? Supervisor, DateTimeOffset Time, string Reason, long Term);
