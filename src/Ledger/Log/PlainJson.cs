using System.Text;

namespace Ledger.Log;

/// <summary>Reads one JSON object as <see cref="JsonFields"/>, directly from its bytes, if it is as plain as what the ledger's own
/// writer makes: no white space but at the end, no escapes, integers of up to 18 digits, few levels. Anything else it declines,
/// and the library's reader, several times slower, has the word. What it reads, that one reads alike.</summary>
internal ref struct PlainJson
{
    private const int MaxDigits = 18, MaxDepth = 8;

    private const int LongestKept = 32;

    /// <summary>Names come again and again, and so do ids and, where entries are many, timestamps. A slot holds the latest of
    /// those that fall into it; to lose a race costs a string.</summary>
    private static readonly string?[] Names = new string?[256], Texts = new string?[256];

    private static readonly JsonValue True = new(true), False = new(false);
    private static readonly List<object?> EmptyList = [];

    private readonly ReadOnlySpan<byte> text;
    private int at;

    private PlainJson(ReadOnlySpan<byte> text) => this.text = text;

    /// <summary>Null when it declines.</summary>
    public static JsonFields? TryRead(ReadOnlySpan<byte> text)
    {
        // A record is padded.
        while (text.Length > 0 && text[^1] is (byte)' ' or (byte)'\n') text = text[..^1];
        if (!MayBePlain(text)) return null;
        var reader = new PlainJson(text);
        return reader.TryObject(out var fields, 1) && reader.at == text.Length ? fields : null;
    }

    /// <summary>As <see cref="TryRead"/>, of an object whose first field, of this name, was taken off with the brace before it
    /// and the comma behind it.</summary>
    public static JsonFields? TryRest(ReadOnlySpan<byte> text, string first)
    {
        if (!MayBePlain(text)) return null;
        var reader = new PlainJson(text);
        var fields = JsonFields.New();
        return reader.TryFields(fields, 1) && reader.at == text.Length && !fields.Has(first) ? fields : null;
    }

    /// <summary>Once for all texts in it.</summary>
    private static bool MayBePlain(ReadOnlySpan<byte> text) =>
        !text.Contains((byte)'\\') && !text.ContainsAnyInRange((byte)0, (byte)0x1f);

    private readonly byte Current => at < text.Length ? text[at] : (byte)0;

    private bool TryObject(out JsonFields fields, int depth)
    {
        fields = JsonFields.New();
        if (depth > MaxDepth || !TryTake((byte)'{')) return false;
        return TryTake((byte)'}') || TryFields(fields, depth);
    }

    private bool TryFields(JsonFields fields, int depth)
    {
        do
        {
            if (!TryText(out var name) || !TryTake((byte)':') || !TryValue(out var value, depth)) return false;
            if (!fields.TryAdd(Kept(Names, name), value)) return false;
        }
        while (TryTake((byte)','));
        return TryTake((byte)'}');
    }

    private bool TryList(out List<object?> list, int depth)
    {
        list = EmptyList;
        if (depth > MaxDepth || !TryTake((byte)'[')) return false;
        if (TryTake((byte)']')) return true;
        list = [];
        do
        {
            if (!TryValue(out var value, depth)) return false;
            list.Add(value.Boxed);
        }
        while (TryTake((byte)','));
        return TryTake((byte)']');
    }

    private bool TryValue(out JsonValue value, int depth)
    {
        value = default;
        switch (Current)
        {
            case (byte)'"':
                if (!TryText(out var content)) return false;
                value = new(Kept(Texts, content));
                return true;
            case (byte)'{':
                var isObject = TryObject(out var fields, depth + 1);
                value = new(fields);
                return isObject;
            case (byte)'[':
                var isList = TryList(out var list, depth + 1);
                value = new(list);
                return isList;
            case (byte)'t':
                value = True;
                return TryWord("true"u8);
            case (byte)'f':
                value = False;
                return TryWord("false"u8);
            case (byte)'n':
                return TryWord("null"u8);
            default:
                return TryNumber(out value);
        }
    }

    private bool TryText(out ReadOnlySpan<byte> content)
    {
        content = default;
        if (!TryTake((byte)'"')) return false;
        var length = text[at..].IndexOf((byte)'"');
        if (length < 0) return false;
        content = text.Slice(at, length);
        at += length + 1;
        return true;
    }

    private bool TryNumber(out JsonValue value)
    {
        value = default;
        var isNegative = TryTake((byte)'-');
        var (start, number) = (at, 0L);
        for (; at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; at++)
        {
            if (at - start == MaxDigits) return false;
            number = (number * 10) + (text[at] - '0');
        }
        // What follows is looked at by whoever asked. A zero in front means something else to some readers.
        if (at == start || (text[start] == '0' && (at - start > 1 || isNegative))) return false;
        value = new(isNegative ? -number : number);
        return true;
    }

    private bool TryWord(ReadOnlySpan<byte> word)
    {
        if (!text[at..].StartsWith(word)) return false;
        at += word.Length;
        return true;
    }

    private bool TryTake(byte expected)
    {
        if (Current != expected) return false;
        at++;
        return true;
    }

    private static string Kept(string?[] all, ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > LongestKept) return Encoding.UTF8.GetString(text);
        ref var slot = ref all[(byte)((text.Length * 31) + (text[0] * 7) + (text[text.Length / 2] * 13) + text[^1])];
        if (slot is { } kept && Ascii.Equals(text, kept)) return kept;
        var made = Encoding.UTF8.GetString(text);
        // The very object that the program's own literals are: it is found without a look at its characters.
        return slot = ReferenceEquals(all, Names) ? string.IsInterned(made) ?? made : made;
    }
}
