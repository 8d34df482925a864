using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ledger.Log;
using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Runtime;

/// <summary>What the ledger counts, under the meter and activity source <c>Ledger</c>. Names are listed in
/// doc/design/architecture.md. In a program built without support for metrics nothing of them is even loaded.</summary>
internal static class LedgerMetrics
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Ledger";

    private static readonly bool IsOn =
        !AppContext.TryGetSwitch("System.Diagnostics.Metrics.Meter.IsSupported", out var isSupported) || isSupported;

    public static void Folded(bool accepted)
    {
        if (IsOn) Instruments.Fold(accepted);
    }

    public static void Skipped(LineVerdict verdict)
    {
        if (IsOn) Instruments.Add(Instruments.SkippedLines, "kind", verdict == LineVerdict.Torn ? "torn" : "bad");
    }

    public static void CrashSeen(EvidenceType evidence)
    {
        if (IsOn) Instruments.Add(Instruments.CrashesSeen, "evidence", Wire.Name(evidence));
    }

    public static void BeatFailed()
    {
        if (IsOn) Instruments.BeatsFailed.Add(1);
    }

    public static void CallbackFailed()
    {
        if (IsOn) Instruments.CallbackFailures.Add(1);
    }

    public static void Alerted(AlertKind kind)
    {
        if (IsOn) Instruments.Add(Instruments.Alerts, "kind", Wire.Name(kind));
    }

    public static void CommandEnded(CommandStatus outcome)
    {
        if (IsOn) Instruments.Add(Instruments.Commands, "outcome", Wire.Name(outcome));
    }

    /// <summary>Begins a trace of a guarded call; null when nobody listens.</summary>
    public static IDisposable? TraceGuard(string operationId) =>
        Traces.Source.StartActivity("ledger.guard")?.SetTag("ledger.operation", operationId);

    private static class Instruments
    {
        private static readonly Meter Meter = new(Name);
        private static readonly Counter<long> Entries =
            Meter.CreateCounter<long>("ledger.entries", "{entry}", "Entries folded, by outcome.");
        private static readonly KeyValuePair<string, object?> Accepted = new("outcome", "accepted");
        private static readonly KeyValuePair<string, object?> Rejected = new("outcome", "rejected");

        public static Counter<long> SkippedLines { get; } =
            Meter.CreateCounter<long>("ledger.lines.skipped", "{line}", "Lines of a log that are no entries, by kind.");

        public static Counter<long> BeatsFailed { get; } =
            Meter.CreateCounter<long>("ledger.heartbeat.failed", "{beat}", "Heartbeats that could not be written.");

        public static Counter<long> CrashesSeen { get; } =
            Meter.CreateCounter<long>("ledger.crashes", "{crash}", "Accusations this process proposed, by evidence.");

        public static Counter<long> CallbackFailures { get; } =
            Meter.CreateCounter<long>("ledger.callbacks.failed", "{callback}", "User callbacks that threw or overran.");

        public static Counter<long> Alerts { get; } =
            Meter.CreateCounter<long>("ledger.group.alerts", "{alert}", "Alerts of groups this process orchestrates, by kind.");

        public static Counter<long> Commands { get; } =
            Meter.CreateCounter<long>("ledger.group.commands", "{command}", "Commands this process sent that ended, by outcome.");

        public static void Fold(bool accepted)
        {
            if (Entries.Enabled) Entries.Add(1, accepted ? Accepted : Rejected);
        }

        public static void Add(Counter<long> counter, string tag, string value) =>
            counter.Add(1, new KeyValuePair<string, object?>(tag, value));
    }

    private static class Traces
    {
        public static ActivitySource Source { get; } = new(Name);
    }
}
