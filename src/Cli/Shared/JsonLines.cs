using System.Globalization;
using System.Text;
using Newtonsoft.Json;

namespace Ledger.Cli.Shared;

/// <summary>JSON for machines: one object a line.</summary>
internal static class JsonLines
{
    /// <summary>An object with the fields that <paramref name="fields"/> writes.</summary>
    public static string Object(Action<JsonWriter> fields) => Text(w =>
    {
        w.WriteStartObject();
        fields(w);
        w.WriteEndObject();
    });

    /// <summary>Whatever <paramref name="write"/> writes, on one line.</summary>
    public static string Text(Action<JsonWriter> write)
    {
        var text = new StringBuilder(512);
        using (var w = new JsonTextWriter(new StringWriter(text, CultureInfo.InvariantCulture))) write(w);
        return text.ToString();
    }

    /// <summary>A field that is written also when it is null.</summary>
    public static JsonWriter Nullable<T>(this JsonWriter w, string name, T? value)
    {
        w.WritePropertyName(name);
        w.WriteValue(value);
        return w;
    }
}
