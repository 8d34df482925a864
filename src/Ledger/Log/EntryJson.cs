using Ledger.Model;
using Newtonsoft.Json;

namespace Ledger.Log;

/// <summary>A folded entry as <c>ledger log --json</c> and <c>ledger watch --json</c> print it: the entry, its outcome, and
/// what it did.</summary>
internal static class EntryJson
{
    /// <summary>Writes one object.</summary>
    public static void Write(JsonWriter w, Entry entry, long position, string? rejection, OperationStatus state,
        IReadOnlyList<Frame> removed, IReadOnlyList<Frame> cancelled, IReadOnlyList<Frame> crashed)
    {
        w.WriteStartObject();
        w.Field("position", position).Field("timestamp", entry.Timestamp).Field("type", Wire.Name(entry.Data.Type))
            .Field("participantId", entry.ParticipantId).Field("incarnation", entry.Incarnation)
            .Field("outcome", rejection is null ? "accepted" : "rejected");
        w.WritePropertyName("reason");
        w.WriteValue(rejection);
        w.Field("state", Wire.Name(state));
        w.WritePropertyName("data");
        w.WriteStartObject();
        // What a crash really hit is the fold's to say; the proposer may not have known all of it.
        var data = entry.Data is CrashDetected c && rejection is null
            ? c with { CallIds = [.. crashed.Select(f => f.CallId)], FencingTokens = [.. crashed.Select(f => f.Position)] }
            : entry.Data;
        DataCodec.Write(w, data);
        if (entry.Data is CallStarted && rejection is null) w.Field("fencingToken", position);
        if (removed.Count > 0) w.List("removed", removed, (x, f) => x.WriteValue(f.CallId));
        if (cancelled.Count > 0) w.List("cancelled", cancelled, (x, f) => x.WriteValue(f.CallId));
        w.WriteEndObject();
        w.WriteEndObject();
    }
}
