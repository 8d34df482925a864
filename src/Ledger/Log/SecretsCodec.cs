using System.Text;
using Newtonsoft.Json;

namespace Ledger.Log;

/// <summary>Values of environment variables as one JSON object.</summary>
internal static class SecretsCodec
{
    public static string Write(IReadOnlyDictionary<string, string> values)
    {
        var text = new StringBuilder();
        using (var w = new JsonTextWriter(new StringWriter(text)))
        {
            w.WriteStartObject();
            foreach (var (name, value) in values.OrderBy(v => v.Key, StringComparer.Ordinal)) w.Field(name, value);
            w.WriteEndObject();
        }
        return text.Append('\n').ToString();
    }

    /// <exception cref="FormatException">It is none.</exception>
    public static IReadOnlyDictionary<string, string> Read(string text)
    {
        var fields = JsonFields.Parse(text);
        return fields.Names.ToDictionary(name => name, fields.Text, StringComparer.Ordinal);
    }
}
