using System.Globalization;
using System.Text;
using Ledger.Model;
using Ledger.Model.Groups;
using Newtonsoft.Json;

namespace Ledger.Log.Groups;

/// <summary>A group's state as JSON: the shape of its two files, and of <c>ledger group --json</c>. Field names are a
/// contract. Values of environment variables are in no state, and shown as asterisks.</summary>
internal static class GroupJson
{
    private const string Hidden = "***";

    /// <summary>The content of the orchestrator's file.</summary>
    public static byte[] Orchestrator(GroupState s, Manifest manifest, Func<string, Life> life) =>
        Render(w => WriteOrchestrator(w, s, manifest, life));

    /// <summary>The content of the supervisors' file.</summary>
    public static byte[] Supervisors(GroupState s, Func<string, Life> life) => Render(w => WriteSupervisors(w, s, life));

    /// <summary>Both, and the members, as fields of an object that is already open.</summary>
    public static void Write(JsonWriter w, GroupState s, Manifest manifest, Func<string, Life> life)
    {
        w.Field("groupId", s.GroupId).Field("position", s.Position);
        Object(w, "orchestrator", x => WriteOrchestrator(x, s, manifest, life));
        WriteSupervisors(w, s, life);
        w.List("members", s.Members.Values.OrderBy(m => m.JoinedAt), (x, m) => WriteMember(x, m, life(m.Incarnation)));
    }

    private static byte[] Render(Action<JsonWriter> write)
    {
        var text = new StringBuilder(1024);
        using (var w = new JsonTextWriter(new StringWriter(text, CultureInfo.InvariantCulture)) { Formatting = Formatting.Indented })
        {
            w.WriteStartObject();
            write(w);
            w.WriteEndObject();
        }
        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }

    private static void WriteOrchestrator(JsonWriter w, GroupState s, Manifest manifest, Func<string, Life> life)
    {
        var o = s.Orchestrator;
        var member = o is null ? null : s.Members.GetValueOrDefault(o.Incarnation);
        w.Field("orchestrationGroupId", s.GroupId);
        Number(w, "orchestratorPid", member?.Process.Pid);
        OrNull(w, "orchestratorHeartbeat", o is null ? null : life(o.Incarnation).LastHeartbeat);
        w.Field("state", Wire.Name(o?.Status ?? OrchestratorStatus.Stopped))
            .Field("heartbeatIntervalMs", manifest.HeartbeatIntervalMs).Field("stalenessThresholdMs", manifest.StalenessThresholdMs)
            .Field("term", s.Term);
        OrNull(w, "participantId", member?.ParticipantId);
        OrNull(w, "incarnation", o?.Incarnation);
        OrNull(w, "host", member?.Process.Host);
    }

    private static void WriteSupervisors(JsonWriter w, GroupState s, Func<string, Life> life) => Object(w, "supervisors", all =>
    {
        foreach (var x in s.Supervisors.Values) Object(all, x.SupervisorId, o => WriteSupervisor(o, s, x, life));
    });

    private static void WriteSupervisor(JsonWriter w, GroupState s, SupervisorEntry x, Func<string, Life> life)
    {
        var member = x.Incarnation is null ? null : s.Members.GetValueOrDefault(x.Incarnation);
        w.Field("supervisorId", x.SupervisorId);
        if (x.Settings.StartInfo is { } info) Object(w, "startInfo", o => WriteStartInfo(o, info));
        else OrNull(w, "startInfo", null);
        w.Field("restartable", x.Settings.Restartable).Field("state", Wire.Name(x.Status));
        Number(w, "pid", member is null ? null : x.Program?.Pid ?? member.Process.Pid);
        OrNull(w, "lastHeartbeat", x.Incarnation is null ? null : life(x.Incarnation).LastHeartbeat);
        w.List("dependencies", x.Settings.Dependencies, (o, d) => o.WriteValue(d));
        w.Field("restartAttempts", x.Attempts);
        OrNull(w, "lastRestartAttempt", x.LastRestartAttempt);
        OrNull(w, "incarnation", x.Incarnation);
        w.Field("host", x.Place.Host).Field("mode", Wire.Name(x.Settings.Mode));
        w.List("ports", x.Settings.Ports, (o, port) => o.WriteValue(port));
        OrNull(w, "reason", x.Reason);
    }

    private static void WriteStartInfo(JsonWriter w, StartInfo i)
    {
        w.Field("command", i.Command);
        w.List("args", i.Args, (o, arg) => o.WriteValue(arg));
        OrNull(w, "workingDirectory", i.WorkingDirectory);
        Object(w, "environment", o =>
        {
            foreach (var name in i.EnvironmentNames) o.Field(name, Hidden);
        });
        Object(w, "restartPolicy", o =>
        {
            o.Field("maxAttempts", i.RestartPolicy.MaxAttempts);
            o.List("backoffIntervalsMs", i.RestartPolicy.BackoffIntervalsMs, (p, ms) => p.WriteValue(ms));
            o.Field("resetAfterMs", i.RestartPolicy.ResetAfterMs);
        });
    }

    private static void WriteMember(JsonWriter w, GroupMember m, Life life)
    {
        w.WriteStartObject();
        w.Field("participantId", m.ParticipantId).Field("incarnation", m.Incarnation).Field("state", Wire.Name(m.Status));
        OrNull(w, "departure", m.Departure is { } d ? Wire.Name(d) : null);
        w.Field("pid", m.Process.Pid).Field("host", m.Process.Host)
            .Field("canOrchestrate", m.CanOrchestrate).Field("canSpawn", m.CanSpawn);
        OrNull(w, "lastHeartbeat", life.LastHeartbeat);
        w.WriteEndObject();
    }

    private static void Object(JsonWriter w, string name, Action<JsonWriter> write)
    {
        w.WritePropertyName(name);
        w.WriteStartObject();
        write(w);
        w.WriteEndObject();
    }

    private static void Number(JsonWriter w, string name, long? value)
    {
        w.WritePropertyName(name);
        w.WriteValue(value);
    }

    private static void OrNull(JsonWriter w, string name, string? value)
    {
        w.WritePropertyName(name);
        w.WriteValue(value);
    }
}
