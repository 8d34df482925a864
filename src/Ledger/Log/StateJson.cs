using Ledger.Model;
using Newtonsoft.Json;

namespace Ledger.Log;

/// <summary>How alive an incarnation is, as a state's JSON shows it.</summary>
/// <param name="LastHeartbeat">UTC text of the last heartbeat that was read, or null.</param>
/// <param name="Judgement">The verdict, where the reader gives one.</param>
internal sealed record Life(string? LastHeartbeat, Judgement? Judgement = null);

/// <summary>An operation's state as JSON: the shape of its file and of <c>ledger show --json</c>. Field names are a
/// contract.</summary>
internal static class StateJson
{
    /// <summary>Writes the fields of the state into an object that is already open.</summary>
    public static void Write(JsonWriter w, OperationState s, Func<string, Life> life)
    {
        w.Field("operationId", s.OperationId).Field("state", Wire.Name(s.Status)).Field("position", s.Position)
            .Field("startTime", s.StartTime).Field("initiator", s.InitiatorId);
        OrNull(w, "lastHeartbeat", Latest(s, life));
        w.Field("aborted", s.Aborted);
        OrNull(w, "description", s.Description);
        WriteCause(w, s.Cause);
        w.List("participants", Members(s), (x, m) => WriteMember(x, m, life(m.Incarnation)));
        w.List("stack", s.Stack.Values, (x, f) => WriteFrame(x, f, s.Members[f.Incarnation], life(f.Incarnation)));
        w.WritePropertyName("supervisorHeartbeats");
        w.WriteStartObject();
        foreach (var r in Supervisors(s)) WriteSupervisor(w, r, s, life);
        w.WriteEndObject();
        w.List("leftBehind", s.LeftBehind, (x, left) => x.Value(left));
    }

    /// <summary>The heartbeats that <see cref="Write"/> writes, in its order.</summary>
    public static IEnumerable<string?> Beats(OperationState s, Func<string, Life> life)
    {
        yield return Latest(s, life);
        foreach (var m in Members(s)) yield return life(m.Incarnation).LastHeartbeat;
        foreach (var (_, f) in s.Stack) yield return life(f.Incarnation).LastHeartbeat;
        foreach (var r in Supervisors(s)) yield return life(r.Incarnation).LastHeartbeat;
    }

    public static void WriteCause(JsonWriter w, Cause? cause)
    {
        w.WritePropertyName("cause");
        if (cause is null)
        {
            w.WriteNull();
            return;
        }
        w.WriteStartObject();
        w.Field("type", Wire.Name(cause.Type));
        OrNull(w, "callId", cause.CallId);
        OrNull(w, "participantId", cause.ParticipantId);
        OrNull(w, "reason", cause.Reason);
        w.WriteEndObject();
    }

    private static string? Latest(OperationState s, Func<string, Life> life) =>
        s.Members.Values.Where(m => m.Status == MemberStatus.Joined)
            .Select(m => life(m.Incarnation).LastHeartbeat).Max(StringComparer.Ordinal);

    private static IEnumerable<Member> Members(OperationState s) => s.Members.Values.OrderBy(m => m.JoinedAt);

    private static IEnumerable<Registration> Supervisors(OperationState s) => s.Supervisors.Values.OrderBy(r => r.Position);

    private static void WriteMember(JsonWriter w, Member m, Life life)
    {
        w.WriteStartObject();
        w.Field("participantId", m.ParticipantId).Field("incarnation", m.Incarnation).Field("state", Wire.Name(m.Status))
            .Field("pid", m.Process.Pid).Field("host", m.Process.Host);
        OrNull(w, "lastHeartbeat", life.LastHeartbeat);
        WriteLiveness(w, life);
        w.WriteEndObject();
    }

    private static void WriteFrame(JsonWriter w, Frame f, Member owner, Life life)
    {
        w.WriteStartObject();
        w.Field("participantId", f.ParticipantId).Field("incarnation", f.Incarnation).Field("callId", f.CallId);
        OrNull(w, "callerId", f.CallerId);
        w.Field("fencingToken", f.Position).Field("pid", owner.Process.Pid).Field("host", owner.Process.Host)
            .Field("startTime", f.StartTime);
        OrNull(w, "lastHeartbeat", life.LastHeartbeat);
        w.Field("state", Wire.Name(f.Status)).Field("cancelled", f.Cancelled);
        OrNull(w, "supervisorId", f.SupervisorId);
        OrNull(w, "supervisorHandle", f.SupervisorHandle);
        w.Field("failOnCrash", f.FailOnCrash);
        OrNull(w, "description", f.Description);
        w.List("resources", f.Resources, (x, r) => x.Value(r));
        WriteLiveness(w, life);
        w.WriteEndObject();
    }

    private static void WriteSupervisor(JsonWriter w, Registration r, OperationState s, Func<string, Life> life)
    {
        w.WritePropertyName(r.SupervisorId);
        w.WriteStartObject();
        w.Field("supervisorId", r.SupervisorId).Field("incarnation", r.Incarnation)
            .Field("pid", s.Members[r.Incarnation].Process.Pid);
        OrNull(w, "lastHeartbeat", life(r.Incarnation).LastHeartbeat);
        w.Field("status", r.Dead ? "dead" : "alive");
        w.WriteEndObject();
    }

    private static void WriteLiveness(JsonWriter w, Life life)
    {
        if (life.Judgement is not { } verdict) return;
        w.Field("liveness", Wire.Name(verdict.Grade)).Field("livenessReason", verdict.Reason);
        w.WritePropertyName("heartbeatAgeMs");
        w.WriteValue(verdict.SilentForMs);
    }

    private static void OrNull(JsonWriter w, string name, string? value)
    {
        w.WritePropertyName(name);
        w.WriteValue(value);
    }
}
