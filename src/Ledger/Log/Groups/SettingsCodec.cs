using Ledger.Model.Groups;
using Newtonsoft.Json;

namespace Ledger.Log.Groups;

/// <summary>What supervisors are registered with, to JSON and back.</summary>
internal static class SettingsCodec
{
    public static JsonWriter Field(this JsonWriter w, string name, SupervisorSettings s)
    {
        w.WritePropertyName(name);
        w.WriteStartObject();
        w.Field("mode", Model.Wire.Name(s.Mode)).List("launcher", s.Launcher, Text).List("ports", s.Ports, (x, p) => x.WriteValue(p))
            .List("dependencies", s.Dependencies, Text).Field("startTimeoutMs", s.StartTimeoutMs)
            .Field("stopGraceMs", s.StopGraceMs).Field("adoptWithinMs", s.AdoptWithinMs).Field("onLoss", Model.Wire.Name(s.OnLoss));
        if (s.StartInfo is { } i) w.Field("startInfo", i);
        w.WriteEndObject();
        return w;
    }

    public static SupervisorSettings Settings(JsonFields f) => new()
    {
        Mode = f.Name<SupervisorMode>("mode"),
        Launcher = f.List<string>("launcher"),
        Ports = [.. f.List<long>("ports").Select(p => checked((int)p))],
        Dependencies = f.List<string>("dependencies"),
        StartTimeoutMs = f.Duration("startTimeoutMs"),
        StopGraceMs = f.Duration("stopGraceMs"),
        AdoptWithinMs = f.Duration("adoptWithinMs"),
        OnLoss = f.Name<LossPolicy>("onLoss"),
        StartInfo = f.OptionalObject("startInfo") is { } i ? Start(i) : null,
    };

    public static JsonWriter Field(this JsonWriter w, string name, ProgramIdentity? p)
    {
        if (p is null) return w;
        w.WritePropertyName(name);
        w.WriteStartObject();
        w.Field("pid", p.Pid).Field("startToken", p.StartToken).Field("pgid", p.Pgid);
        w.WriteEndObject();
        return w;
    }

    public static ProgramIdentity? Program(JsonFields? f) =>
        f is null ? null : new ProgramIdentity(f.Int("pid"), f.Text("startToken"), f.Int("pgid"));

    private static void Field(this JsonWriter w, string name, StartInfo i)
    {
        w.WritePropertyName(name);
        w.WriteStartObject();
        w.Field("command", i.Command).List("args", i.Args, Text).Field("workingDirectory", i.WorkingDirectory)
            .List("environmentNames", i.EnvironmentNames, Text).Field("environmentFile", i.EnvironmentFile);
        w.WritePropertyName("restartPolicy");
        w.WriteStartObject();
        w.Field("maxAttempts", i.RestartPolicy.MaxAttempts)
            .List("backoffIntervalsMs", i.RestartPolicy.BackoffIntervalsMs, (x, ms) => x.WriteValue(ms))
            .Field("resetAfterMs", i.RestartPolicy.ResetAfterMs);
        w.WriteEndObject();
        w.WriteEndObject();
    }

    private static StartInfo Start(JsonFields f)
    {
        var p = f.Object("restartPolicy");
        var policy = new RestartPolicy(p.Int("maxAttempts"), p.List<long>("backoffIntervalsMs"), p.Duration("resetAfterMs"));
        return new StartInfo(f.Text("command"), f.List<string>("args"), f.OptionalText("workingDirectory"),
            f.List<string>("environmentNames"), f.OptionalText("environmentFile"), policy);
    }

    private static void Text(JsonWriter w, string text) => w.WriteValue(text);
}
