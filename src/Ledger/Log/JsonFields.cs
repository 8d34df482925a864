using System.Text;
using Ledger.Model;
using Newtonsoft.Json;

namespace Ledger.Log;

/// <summary>One JSON object as names and values: strings, 64-bit integers, booleans, null, objects and lists. Stricter than
/// JSON: a name occurs once, a number is an integer, nesting is bounded. What does not fit throws
/// <see cref="FormatException"/> with the reason.</summary>
internal sealed class JsonFields
{
    /// <summary>The longest duration in any file (some 31 years): what a heartbeat record has digits for, and what every
    /// sum of a few stays a duration of the platform with.</summary>
    public const long LongestMs = 999_999_999_999;

    private const int MaxDepth = 16;

    private readonly List<KeyValuePair<string, object?>> fields = new(8);

    /// <summary>Reads the one object in a text of UTF-8.</summary>
    public static JsonFields Parse(ReadOnlySpan<byte> text) => PlainJson.TryRead(text) ?? Parse(Encoding.UTF8.GetString(text));

    /// <summary>Reads the one object in a text.</summary>
    public static JsonFields Parse(string text)
    {
        try
        {
            using var reader = new JsonTextReader(new StringReader(text))
            {
                DateParseHandling = DateParseHandling.None,
                MaxDepth = MaxDepth,
                ArrayPool = CharPool.Shared,
            };
            if (!reader.Read() || reader.TokenType != JsonToken.StartObject)
                throw new FormatException("not a JSON object");
            var result = ReadObject(reader);
            return reader.Read() ? throw new FormatException("more than one JSON value") : result;
        }
        catch (Exception e) when (e is JsonException or OverflowException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    public IEnumerable<string> Names => fields.Select(pair => pair.Key);

    /// <summary>Names and values, in the order of the text.</summary>
    internal IReadOnlyList<KeyValuePair<string, object?>> All => fields;

    public string? OptionalText(string name) => Get<string>(name, required: false);

    public string Text(string name) => Get<string>(name, required: true)!;

    public string Id(string name) => CheckId(name, Text(name));

    public string? OptionalId(string name) => OptionalText(name) is { } id ? CheckId(name, id) : null;

    public long Number(string name) => (long)(Find(name) as long? ?? throw Wrong(name, "an integer"));

    public long? OptionalNumber(string name) => Find(name) is { } value ? value as long? ?? throw Wrong(name, "an integer") : null;

    /// <summary>A number of milliseconds, from 0 to <see cref="LongestMs"/>.</summary>
    public long Duration(string name) => CheckDuration(name, Number(name));

    public long? OptionalDuration(string name) => OptionalNumber(name) is { } ms ? CheckDuration(name, ms) : null;

    public bool Flag(string name) => Find(name) as bool? ?? throw Wrong(name, "true or false");

    public bool OptionalFlag(string name) => Find(name) is not null && Flag(name);

    public int Int(string name) => checked((int)Number(name));

    public JsonFields? OptionalObject(string name) => Get<JsonFields>(name, required: false);

    public JsonFields Object(string name) => Get<JsonFields>(name, required: true)!;

    public IEnumerable<T> List<T>(string name) =>
        (Get<List<object?>>(name, required: false) ?? [])
        .Select(item => item is T typed ? typed : throw Wrong(name, "a list of one kind"));

    public T Name<T>(string name) where T : struct, Enum =>
        Wire.TryParse(Text(name), out T value) ? value : throw new FormatException($"'{name}' has an unknown value");

    private static string CheckId(string name, string id) =>
        Identifier.Fault(id) is { } fault ? throw new FormatException($"'{name}' is no id: {fault}") : id;

    private static long CheckDuration(string name, long ms) =>
        ms is >= 0 and <= LongestMs ? ms : throw new FormatException($"'{name}' is no duration");

    private T? Get<T>(string name, bool required) where T : class => Find(name) switch
    {
        T value => value,
        null when !required => null,
        _ => throw Wrong(name, typeof(T) == typeof(string) ? "text" : "of another kind"),
    };

    private object? Find(string name)
    {
        foreach (var (key, value) in fields)
        {
            if (key == name) return value;
        }
        return null;
    }

    /// <summary>False when the name is there already.</summary>
    internal bool TryAdd(string name, object? value)
    {
        if (Has(name)) return false;
        fields.Add(new(name, value));
        return true;
    }

    private bool Has(string name)
    {
        foreach (var field in fields)
        {
            if (field.Key == name) return true;
        }
        return false;
    }

    private static FormatException Wrong(string name, string expected) => new($"'{name}' is missing, or is not {expected}");

    private static JsonFields ReadObject(JsonTextReader reader)
    {
        var result = new JsonFields();
        while (reader.Read() && reader.TokenType != JsonToken.EndObject)
        {
            if (reader.TokenType != JsonToken.PropertyName) throw new FormatException("a comment or a stray token");
            var name = (string)reader.Value!;
            if (result.Has(name)) throw new FormatException($"'{name}' occurs twice");
            if (!reader.Read()) break;
            result.fields.Add(new(name, ReadValue(reader)));
        }
        return reader.TokenType == JsonToken.EndObject ? result : throw new FormatException("the text ends too early");
    }

    private static List<object?> ReadList(JsonTextReader reader)
    {
        var result = new List<object?>();
        while (reader.Read() && reader.TokenType != JsonToken.EndArray) result.Add(ReadValue(reader));
        return reader.TokenType == JsonToken.EndArray ? result : throw new FormatException("the text ends too early");
    }

    private static object? ReadValue(JsonTextReader reader) => reader.TokenType switch
    {
        JsonToken.String or JsonToken.Boolean or JsonToken.Null => reader.Value,
        JsonToken.Integer => reader.Value is long ? reader.Value : throw new FormatException("a number over 64 bits"),
        JsonToken.StartObject => ReadObject(reader),
        JsonToken.StartArray => ReadList(reader),
        JsonToken.Float => throw new FormatException("a number that is no integer"),
        JsonToken.None => throw new FormatException("the text ends too early"),
        var other => throw new FormatException($"a token that does not belong here ({other})"),
    };
}

/// <summary>Lends the reader its character buffers.</summary>
internal sealed class CharPool : IArrayPool<char>
{
    public static CharPool Shared { get; } = new();

    public char[] Rent(int minimumLength) => System.Buffers.ArrayPool<char>.Shared.Rent(minimumLength);

    public void Return(char[]? array)
    {
        if (array is not null) System.Buffers.ArrayPool<char>.Shared.Return(array);
    }
}
