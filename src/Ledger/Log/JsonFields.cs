using System.Collections.Immutable;
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

    private static readonly Field Nothing;

    /// <summary>As many as an entry has, and as large: what somebody's strange line needed is not kept.</summary>
    private const int MostSpare = 4, MostKept = 32;

    [ThreadStatic]
    private static JsonFields? spare;

    [ThreadStatic]
    private static int spares;

    // Every process reads every entry through these: hence no list, no boxes, no dictionary.
    private Field[] fields = new Field[8];
    private int count;
    private int next;
    private ulong seen;
    private JsonFields? nextSpare;

    /// <summary>Reads the one object in a text of UTF-8.</summary>
    public static JsonFields Parse(ReadOnlySpan<byte> text) => PlainJson.TryRead(text) ?? Parse(Encoding.UTF8.GetString(text));

    /// <summary>Reads the object of a line whose checksum was looked at; it is not among the fields, or is, as nobody asks for
    /// it.</summary>
    public static JsonFields ParseChecked(ReadOnlySpan<byte> line) =>
        PlainJson.TryRest(CheckedLine.Body(line), CheckedLine.Name) ?? Parse(Encoding.UTF8.GetString(line));

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

    /// <summary>An empty object.</summary>
    internal static JsonFields New()
    {
        if (spare is not { } kept) return new();
        (spare, kept.nextSpare) = (kept.nextSpare, null);
        spares--;
        return kept;
    }

    /// <summary>Lets this thread use it again, with the objects in its fields: nobody may have kept any of them.</summary>
    public void GiveBack()
    {
        foreach (ref var field in fields.AsSpan(0, count))
        {
            (field.Value.Reference as JsonFields)?.GiveBack();
            field = default;
        }
        (count, next, seen) = (0, 0, 0);
        if (spares == MostSpare || fields.Length > MostKept) return;
        (nextSpare, spare) = (spare, this);
        spares++;
    }

    public IEnumerable<string> Names => fields.Take(count).Select(f => f.Name);

    /// <summary>Names and values, in the order of the text.</summary>
    internal IEnumerable<KeyValuePair<string, object?>> All => fields.Take(count)
        .Select(f => KeyValuePair.Create(f.Name, f.Value.Boxed));

    public string? OptionalText(string name) => Find(name).Reference switch
    {
        null => null,
        string text => text,
        _ => throw Wrong(name, "text"),
    };

    public string Text(string name) => Find(name).Reference as string ?? throw Wrong(name, "text");

    public string Id(string name) => CheckId(name, Text(name));

    public string? OptionalId(string name) => OptionalText(name) is { } id ? CheckId(name, id) : null;

    public long Number(string name) => OptionalNumber(name) ?? throw Wrong(name, "an integer");

    public long? OptionalNumber(string name)
    {
        var value = Find(name);
        if (value.IsInteger) return value.Number;
        return value.Reference is null ? null : throw Wrong(name, "an integer");
    }

    /// <summary>A number of milliseconds, from 0 to <see cref="LongestMs"/>.</summary>
    public long Duration(string name) => CheckDuration(name, Number(name));

    public long? OptionalDuration(string name) => OptionalNumber(name) is { } ms ? CheckDuration(name, ms) : null;

    public bool Flag(string name) => Find(name).Reference as bool? ?? throw Wrong(name, "true or false");

    public bool OptionalFlag(string name) => Find(name).Reference is not null && Flag(name);

    public int Int(string name) => checked((int)Number(name));

    public JsonFields? OptionalObject(string name) => Find(name).Reference switch
    {
        null => null,
        JsonFields fields => fields,
        _ => throw Wrong(name, "an object"),
    };

    public JsonFields Object(string name) => Find(name).Reference as JsonFields ?? throw Wrong(name, "an object");

    /// <summary>Nothing where it is missing.</summary>
    public ImmutableArray<T> List<T>(string name) => Items(name) is not { } items ? []
        : [.. items.Select(item => item is T typed ? typed : throw Wrong(name, "a list of one kind"))];

    /// <summary>As <see cref="List"/>, each object read as what it means.</summary>
    public ImmutableArray<T> Objects<T>(string name, Func<JsonFields, T> read) =>
        List<JsonFields>(name) is { IsEmpty: false } objects ? [.. objects.Select(read)] : [];

    public T Name<T>(string name) where T : struct, Enum =>
        Wire.TryParse(Text(name), out T value) ? value : throw new FormatException($"'{name}' has an unknown value");

    private static string CheckId(string name, string id) =>
        Identifier.Fault(id) is { } fault ? throw new FormatException($"'{name}' is no id: {fault}") : id;

    private static long CheckDuration(string name, long ms) =>
        ms is >= 0 and <= LongestMs ? ms : throw new FormatException($"'{name}' is no duration");

    private List<object?>? Items(string name) => Find(name).Reference switch
    {
        null or List<object?> { Count: 0 } => null,
        List<object?> items => items,
        _ => throw Wrong(name, "a list"),
    };

    /// <summary>Null where there is none.</summary>
    private ref readonly JsonValue Find(string name)
    {
        // Most are asked for in the order in which they stand.
        var (start, end) = (next, count);
        for (var i = 0; i < end; i++)
        {
            var at = start + i < end ? start + i : start + i - end;
            if (fields[at].Name != name) continue;
            next = at + 1;
            return ref fields[at].Value;
        }
        return ref Nothing.Value;
    }

    /// <summary>False when the name is there already.</summary>
    internal bool TryAdd(string name, JsonValue value)
    {
        // A look at those before it is needed only where one of them might have the name.
        var bit = name.Length == 0 ? 1 : 1UL << ((name.Length + (name[0] * 5) + (name[^1] * 11)) & 63);
        if ((seen & bit) != 0 && Has(name)) return false;
        seen |= bit;
        if (count == fields.Length) Array.Resize(ref fields, count * 2);
        fields[count++] = new Field { Name = name, Value = value };
        return true;
    }

    internal bool Has(string name)
    {
        foreach (var field in fields.AsSpan(0, count))
        {
            if (field.Name == name) return true;
        }
        return false;
    }

    private struct Field
    {
        public string Name;
        public JsonValue Value;
    }

    private static FormatException Wrong(string name, string expected) => new($"'{name}' is missing, or is not {expected}");

    private static JsonFields ReadObject(JsonTextReader reader)
    {
        var result = new JsonFields();
        while (reader.Read() && reader.TokenType != JsonToken.EndObject)
        {
            if (reader.TokenType != JsonToken.PropertyName) throw new FormatException("a comment or a stray token");
            var name = (string)reader.Value!;
            if (!reader.Read()) break;
            if (!result.TryAdd(name, ReadValue(reader))) throw new FormatException($"'{name}' occurs twice");
        }
        return reader.TokenType == JsonToken.EndObject ? result : throw new FormatException("the text ends too early");
    }

    private static List<object?> ReadList(JsonTextReader reader)
    {
        var result = new List<object?>();
        while (reader.Read() && reader.TokenType != JsonToken.EndArray) result.Add(ReadValue(reader).Boxed);
        return reader.TokenType == JsonToken.EndArray ? result : throw new FormatException("the text ends too early");
    }

    private static JsonValue ReadValue(JsonTextReader reader) => reader.TokenType switch
    {
        JsonToken.String or JsonToken.Boolean or JsonToken.Null => new(reader.Value),
        JsonToken.Integer => reader.Value is long number ? new(number) : throw new FormatException("a number over 64 bits"),
        JsonToken.StartObject => new(ReadObject(reader)),
        JsonToken.StartArray => new(ReadList(reader)),
        JsonToken.Float => throw new FormatException("a number that is no integer"),
        JsonToken.None => throw new FormatException("the text ends too early"),
        var other => throw new FormatException($"a token that does not belong here ({other})"),
    };
}

/// <summary>A value of a field: an integer, which is not boxed, or an object.</summary>
internal readonly struct JsonValue
{
    private static readonly object Integer = new();

    public JsonValue(object? reference) => Reference = reference;

    public JsonValue(long number) => (Reference, Number) = (Integer, number);

    /// <summary>A text, a boolean, <see cref="JsonFields"/>, a list, or null; a mark where it is an integer.</summary>
    public object? Reference { get; }

    public long Number { get; }

    public bool IsInteger => ReferenceEquals(Reference, Integer);

    public object? Boxed => IsInteger ? Number : Reference;
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
