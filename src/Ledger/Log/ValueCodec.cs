using Ledger.Model;
using Newtonsoft.Json;

namespace Ledger.Log;

/// <summary>The values that occur inside entries, to JSON and back, and a short hand for writing fields. A null is not
/// written.</summary>
internal static class ValueCodec
{
    public static JsonWriter Field(this JsonWriter w, string name, string? value)
    {
        if (value is null) return w;
        w.WritePropertyName(name);
        w.WriteValue(value);
        return w;
    }

    public static JsonWriter Field(this JsonWriter w, string name, long? value)
    {
        if (value is null) return w;
        w.WritePropertyName(name);
        w.WriteValue(value.Value);
        return w;
    }

    public static JsonWriter Field(this JsonWriter w, string name, bool value)
    {
        w.WritePropertyName(name);
        w.WriteValue(value);
        return w;
    }

    public static JsonWriter List<T>(this JsonWriter w, string name, IEnumerable<T> items, Action<JsonWriter, T> item)
    {
        w.WritePropertyName(name);
        w.WriteStartArray();
        foreach (var x in items) item(w, x);
        w.WriteEndArray();
        return w;
    }

    public static JsonWriter Field(this JsonWriter w, string name, ProcessIdentity p)
    {
        w.WritePropertyName(name);
        w.WriteStartObject();
        w.Field("host", p.Host).Field("bootId", p.BootId).Field("pidNamespace", p.PidNamespace)
            .Field("mountNamespace", p.MountNamespace).Field("user", p.User).Field("pid", p.Pid)
            .Field("startToken", p.StartToken);
        w.WriteEndObject();
        return w;
    }

    public static ProcessIdentity Process(JsonFields f) => new(
        f.Text("host"), f.Text("bootId"), f.Text("pidNamespace"), f.Text("mountNamespace"), f.Text("user"),
        checked((int)f.Number("pid")), f.Text("startToken"));

    public static void Value(this JsonWriter w, Resource r)
    {
        w.WriteStartObject();
        w.Field("kind", Wire.Name(r.Kind)).Field("path", r.Path);
        if (r.Shared) w.Field("shared", true);
        if (r.Kind == ResourceKind.ProcessGroup) w.Field("pgid", r.Pgid);
        w.Field("leaderStartToken", r.LeaderStartToken).Field("fileId", r.FileId);
        w.WriteEndObject();
    }

    public static Resource Resource(JsonFields f)
    {
        var kind = f.Name<ResourceKind>("kind");
        var path = f.OptionalText("path");
        if ((path is null) != (kind == ResourceKind.ProcessGroup)) throw new FormatException("a resource without its path");
        return new Resource(kind, path, f.OptionalFlag("shared"),
            checked((int)(f.OptionalNumber("pgid") ?? 0)), f.OptionalText("leaderStartToken"), f.OptionalText("fileId"));
    }

    public static void Value(this JsonWriter w, LeftBehind left)
    {
        w.WriteStartObject();
        w.Field("callId", left.CallId).Field("why", left.Why).Field("incarnation", left.Incarnation);
        w.WritePropertyName("resource");
        w.Value(left.Resource);
        w.WriteEndObject();
    }

    public static LeftBehind LeftBehind(JsonFields f) => new(
        f.Id("callId"), Resource(f.Object("resource")), f.Text("why"), f.Text("incarnation"));
}
