namespace Ledger.Model;

/// <summary>What all participants of a ledger must agree on; written once, when the ledger is created.</summary>
/// <param name="LedgerId">Random: a directory that turned into another one is noticed.</param>
/// <param name="Log">Which log its operations use: <c>append</c>, <c>chain</c> or <c>simulated</c>.</param>
/// <param name="HeartbeatIntervalMs">Time between two heartbeats, in milliseconds.</param>
/// <param name="StalenessThresholdMs">Silence that counts as a crash, in milliseconds.</param>
/// <param name="Created">For people: UTC, ISO 8601.</param>
public sealed record Manifest(
    string LedgerId, string Log, long HeartbeatIntervalMs, long StalenessThresholdMs, string Created)
{
    /// <summary>Version of the directory's layout that this program writes and reads.</summary>
    public const int Format = 1;

    /// <summary>Whether an entry is on the disk itself before its proposer is answered. A manifest that does not say
    /// means no.</summary>
    public bool FlushBeforeAcknowledging { get; init; }
}
