using System.Collections.Immutable;
using Ledger.Model;
using Newtonsoft.Json;

namespace Ledger.Log;

/// <summary>The <c>data</c> of each entry type, to JSON and back. One pair of lines per type; field names are a
/// contract.</summary>
internal static class DataCodec
{
    /// <summary>Writes the fields of <paramref name="data"/> into an object that is already open.</summary>
    public static void Write(JsonWriter w, EntryData data)
    {
        switch (data)
        {
            case OperationCreated d:
                w.Field("operationId", d.OperationId).Field("foldVersion", d.FoldVersion)
                    .Field("process", d.Process).Field("description", d.Description);
                break;
            case ParticipantJoined d:
                w.Field("process", d.Process);
                break;
            case ParticipantLeft d:
                w.Field("failed", d.Failed).Field("reason", d.Reason);
                break;
            case InitiatorChanged d:
                w.Field("to", d.To);
                break;
            case CallStarted d:
                WriteStart(w, d);
                break;
            case CrashDetected d:
                w.Field("participantId", d.ParticipantId).Field("incarnation", d.Accused)
                    .Field("evidence", Wire.Name(d.Evidence)).Field("staleForMs", d.StaleForMs).Field("readTo", d.ReadTo)
                    .List("callIds", d.CallIds, (x, id) => x.WriteValue(id))
                    .List("fencingTokens", d.FencingTokens, (x, token) => x.WriteValue(token));
                break;
            case SupervisorRegistered d:
                w.Field("supervisorId", d.SupervisorId).Field("restartGraceMs", d.RestartGraceMs)
                    .Field("callbackBoundMs", d.CallbackBoundMs);
                break;
            case SupervisorDied d:
                w.Field("supervisorId", d.SupervisorId).Field("incarnation", d.Incarnation)
                    .Field("evidence", Wire.Name(d.Evidence)).Field("staleForMs", d.StaleForMs).Field("readTo", d.ReadTo)
                    .Field("fencingToken", d.Token);
                break;
            case AbortRequested d:
                w.Field("reason", d.Reason);
                break;
            case OperationAbandoned d:
                w.Field("reason", d.Reason);
                break;
            case FrameEntry d:
                WriteFrameEntry(w, d);
                break;
        }
    }

    private static void WriteStart(JsonWriter w, CallStarted d)
    {
        w.Field("callId", d.CallId).WritePropertyName("callerId");
        w.WriteValue(d.CallerId);
        w.Field("callerToken", d.Caller)
            .Field("supervisorId", d.SupervisorId).Field("supervisorHandle", d.SupervisorHandle)
            .Field("failOnCrash", d.FailOnCrash).Field("description", d.Description)
            .Field("cleanupBoundMs", d.CleanupBoundMs).Field("watchdogMs", d.WatchdogMs)
            .List("resources", d.Resources, (x, r) => x.Value(r));
    }

    private static void WriteFrameEntry(JsonWriter w, FrameEntry entry)
    {
        w.Field("callId", entry.CallId).Field("fencingToken", entry.Token);
        switch (entry)
        {
            case CallEnded { LeftBehind.Length: > 0 } d:
                w.List("leftBehind", d.LeftBehind, (x, left) => x.Value(left));
                break;
            case CallFailed d:
                w.Field("reason", d.Reason);
                if (d.LeftBehind.Length > 0) w.List("leftBehind", d.LeftBehind, (x, left) => x.Value(left));
                break;
            case ResourceRegistered d:
                w.WritePropertyName("resource");
                w.Value(d.Resource);
                break;
            case ResourceReleased d:
                w.Field("key", d.Key);
                break;
            case CrashNotified d:
                w.Field("supervisorId", d.SupervisorId).Field("error", d.Error).Field("repeat", d.Repeat)
                    .Field("alreadyCleaned", d.AlreadyCleaned);
                break;
            case FrameCleanedUp d:
                w.Field("rule", d.Rule).Field("supervisorIncarnation", d.SupervisorIncarnation)
                    .List("leftBehind", d.LeftBehind, (x, left) => x.Value(left));
                break;
            case FrameRemoved d:
                w.Field("error", d.Error).List("leftBehind", d.LeftBehind, (x, left) => x.Value(left));
                break;
        }
    }

    /// <summary>Reads the data of an entry type. Throws <see cref="FormatException"/> with the reason.</summary>
    public static EntryData Read(EntryType type, JsonFields f) => type switch
    {
        EntryType.OperationCreated => new OperationCreated(f.Id("operationId"), f.Int("foldVersion"),
            ValueCodec.Process(f.Object("process")), f.OptionalText("description")),
        EntryType.ParticipantJoined => new ParticipantJoined(ValueCodec.Process(f.Object("process"))),
        EntryType.ParticipantLeft => new ParticipantLeft(f.Flag("failed"), f.OptionalText("reason")),
        EntryType.InitiatorChanged => new InitiatorChanged(f.Text("to")),
        EntryType.CallStarted => ReadStart(f),
        EntryType.CallEnded => new CallEnded(f.Id("callId"), f.Number("fencingToken")) { LeftBehind = LeftBehind(f) },
        EntryType.CallFailed => new CallFailed(
            f.Id("callId"), f.Number("fencingToken"), f.OptionalText("reason"))
        { LeftBehind = LeftBehind(f) },
        EntryType.ResourceRegistered => new ResourceRegistered(f.Id("callId"), f.Number("fencingToken"),
            ValueCodec.Resource(f.Object("resource"))),
        EntryType.ResourceReleased => new ResourceReleased(f.Id("callId"), f.Number("fencingToken"), f.Text("key")),
        EntryType.CrashDetected => new CrashDetected(f.Id("participantId"), f.Text("incarnation"),
            f.Name<EvidenceType>("evidence"), f.Number("staleForMs"), f.Number("readTo"),
            f.List<string>("callIds"), f.List<long>("fencingTokens")),
        EntryType.SupervisorRegistered => new SupervisorRegistered(
            f.Id("supervisorId"), f.Duration("restartGraceMs"), f.Duration("callbackBoundMs")),
        EntryType.SupervisorDied => new SupervisorDied(f.Id("supervisorId"), f.Text("incarnation"),
            f.Name<EvidenceType>("evidence"), f.Number("staleForMs"), f.Number("readTo"), f.OptionalNumber("fencingToken")),
        EntryType.CrashNotified => new CrashNotified(f.Id("callId"), f.Number("fencingToken"), f.Id("supervisorId"),
            f.OptionalText("error"), f.Flag("repeat"), f.Flag("alreadyCleaned")),
        EntryType.FrameCleanedUp => new FrameCleanedUp(f.Id("callId"), f.Number("fencingToken"), f.Int("rule"),
            f.OptionalText("supervisorIncarnation"), LeftBehind(f)),
        EntryType.FrameRemoved => new FrameRemoved(
            f.Id("callId"), f.Number("fencingToken"), f.OptionalText("error"), LeftBehind(f)),
        EntryType.AbortRequested => new AbortRequested(f.OptionalText("reason")),
        EntryType.CompleteRequested => new CompleteRequested(),
        EntryType.OperationAbandoned => new OperationAbandoned(f.OptionalText("reason")),
        _ => throw new FormatException($"unknown type {type}"),
    };

    private static CallStarted ReadStart(JsonFields f) => new(f.Id("callId"), f.OptionalNumber("callerToken"))
    {
        CallerId = f.OptionalId("callerId"),
        SupervisorId = f.OptionalId("supervisorId"),
        SupervisorHandle = f.OptionalText("supervisorHandle"),
        FailOnCrash = f.Flag("failOnCrash"),
        Description = f.OptionalText("description"),
        CleanupBoundMs = f.Duration("cleanupBoundMs"),
        WatchdogMs = f.OptionalDuration("watchdogMs"),
        Resources = f.Objects("resources", ValueCodec.Resource),
    };

    private static ImmutableArray<LeftBehind> LeftBehind(JsonFields f) => f.Objects("leftBehind", ValueCodec.LeftBehind);
}
