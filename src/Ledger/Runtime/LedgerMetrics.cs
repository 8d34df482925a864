using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ledger.Log;

namespace Ledger.Runtime;

/// <summary>What the ledger counts, under the meter and activity source <c>Ledger</c>. Names are listed in
/// doc/design/architecture.md.</summary>
internal static class LedgerMetrics
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Ledger";

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Entries =
        Meter.CreateCounter<long>("ledger.entries", "{entry}", "Entries folded, by outcome.");
    private static readonly Counter<long> SkippedLines =
        Meter.CreateCounter<long>("ledger.lines.skipped", "{line}", "Lines of a log that are no entries, by kind.");
    private static readonly Counter<long> BeatsFailed =
        Meter.CreateCounter<long>("ledger.heartbeat.failed", "{beat}", "Heartbeats that could not be written.");
    private static readonly Counter<long> CrashesSeen =
        Meter.CreateCounter<long>("ledger.crashes", "{crash}", "Accusations this process proposed, by evidence.");
    private static readonly Counter<long> CallbackFailures =
        Meter.CreateCounter<long>("ledger.callbacks.failed", "{callback}", "User callbacks that threw or overran.");

    private static readonly KeyValuePair<string, object?> Accepted = new("outcome", "accepted");
    private static readonly KeyValuePair<string, object?> Rejected = new("outcome", "rejected");

    /// <summary>Traces of guarded calls (<c>ledger.guard</c>).</summary>
    public static ActivitySource Activities { get; } = new(Name);

    public static void Folded(bool accepted)
    {
        if (Entries.Enabled) Entries.Add(1, accepted ? Accepted : Rejected);
    }

    public static void Skipped(LineVerdict verdict) =>
        SkippedLines.Add(1, new KeyValuePair<string, object?>("kind", verdict == LineVerdict.Torn ? "torn" : "bad"));

    public static void BeatFailed() => BeatsFailed.Add(1);

    public static void CrashSeen(Model.EvidenceType evidence) =>
        CrashesSeen.Add(1, new KeyValuePair<string, object?>("evidence", Model.Wire.Name(evidence)));

    public static void CallbackFailed() => CallbackFailures.Add(1);
}
