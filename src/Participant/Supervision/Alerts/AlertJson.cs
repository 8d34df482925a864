using System.Globalization;
using System.Text.Json;
using Ledger.Model.Groups;

namespace Ledger.Hosting.Supervision.Alerts;

/// <summary>An alert as a webhook gets it: <c>{"kind", "group", "supervisor", "time", "reason", "term"}</c>. A
/// contract.</summary>
internal static class AlertJson
{
    public static byte[] Write(Alert alert)
    {
        using var content = new MemoryStream();
        using (var json = new Utf8JsonWriter(content))
        {
            json.WriteStartObject();
            json.WriteString("kind", Word(alert.Kind));
            json.WriteString("group", alert.Group);
            json.WriteString("supervisor", alert.Supervisor);
            json.WriteString("time", alert.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("reason", alert.Reason);
            json.WriteNumber("term", alert.Term);
            json.WriteEndObject();
        }

        return content.ToArray();
    }

    /// <summary>As on the wire: <c>supervisorFailed</c>.</summary>
    public static string Word(AlertKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());
}
