using System.Buffers;
using System.Text;
using Ledger.Model;
using Newtonsoft.Json;

namespace Ledger.Log;

/// <summary>What a line is.</summary>
internal enum LineVerdict
{
    /// <summary>An entry.</summary>
    Entry,

    /// <summary>Part of a record whose writer was cut off; expected, harmless.</summary>
    Torn,

    /// <summary>Anything else: foreign, damaged, oversized.</summary>
    Bad,
}

/// <summary>Entries as lines of a log. A line is one JSON object that begins with the checksum (CRC-32C, of all bytes
/// behind the checksum field's comma), so that it can be read with any JSON tool and checked without parsing. Skipping a
/// line depends on its bytes only, so everyone skips alike.</summary>
internal static class EntryCodec
{
    [ThreadStatic]
    private static Scratch? scratch;

    /// <summary>Appends the entry to <paramref name="target"/> as a record's part: the line and its newline; the very first
    /// byte of a record is a newline too, so that a torn record before it spoils only itself.</summary>
    /// <exception cref="LedgerException">The line would be over the limit; nothing was appended.</exception>
    public static void Write(ArrayBufferWriter<byte> target, Entry entry)
    {
        var kept = scratch ?? Scratch.New();
        scratch = null; // cut off in the middle, or grown by an oversized entry, it is not used again
        var body = Spell(kept, entry)[1..]; // without the opening brace
        var size = CheckedLine.SizeOf(body);
        if (size > LogLimits.LineBytes)
            throw new LedgerException($"A {Wire.Name(entry.Data.Type)} entry of {size} bytes is over the limit of "
                + $"{LogLimits.LineBytes}; shorten its texts or register fewer resources at once.");
        scratch = kept;
        if (target.WrittenCount == 0) target.Write("\n"u8);
        CheckedLine.Write(target, body, size);
    }

    /// <summary>Reads a line. <paramref name="fault"/> says why it is no entry.</summary>
    public static LineVerdict Read(ReadOnlySpan<byte> line, bool oversized, out Entry? entry, out string? fault)
    {
        entry = null;
        if (oversized)
        {
            fault = $"over {LogLimits.LineBytes} bytes";
            return LineVerdict.Bad;
        }
        try
        {
            if (!CheckedLine.IsWhole(line))
            {
                fault = Describe(line, out var torn);
                return torn ? LineVerdict.Torn : LineVerdict.Bad;
            }
            var f = JsonFields.Parse(Encoding.UTF8.GetString(line));
            var type = f.Name<EntryType>("type");
            entry = new Entry(f.Text("nonce"), f.Number("seq"), f.Id("participantId"), f.Text("incarnation"),
                f.Text("timestamp"), DataCodec.Read(type, f.Object("data")));
            fault = null;
            return LineVerdict.Entry;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            fault = e.Message;
            return LineVerdict.Bad;
        }
    }

    /// <summary>Why a line has no valid checksum, and whether that is what a cut-off writer leaves: it began as an entry,
    /// and its JSON ends too early.</summary>
    private static string Describe(ReadOnlySpan<byte> line, out bool torn)
    {
        torn = false;
        if (line.IsEmpty || !CheckedLine.Begins(line)) return "not an entry";
        if (line.EndsWith("}"u8) && IsJson(line)) return "its checksum is wrong";
        torn = true;
        return "cut off";
    }

    private static bool IsJson(ReadOnlySpan<byte> line)
    {
        try
        {
            JsonFields.Parse(Encoding.UTF8.GetString(line));
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static ReadOnlySpan<char> Spell(Scratch scratch, Entry entry)
    {
        var (text, w) = scratch;
        text.Clear();
        w.WriteStartObject();
        w.Field("nonce", entry.Nonce).Field("seq", entry.Sequence).Field("participantId", entry.ParticipantId)
            .Field("incarnation", entry.Incarnation).Field("timestamp", entry.Timestamp)
            .Field("type", Wire.Name(entry.Data.Type));
        w.WritePropertyName("data");
        w.WriteStartObject();
        DataCodec.Write(w, entry.Data);
        w.WriteEndObject();
        w.WriteEndObject();
        w.Flush();
        return text.Written;
    }

    /// <summary>A thread's writer and the text it writes, kept because a commit is short enough for their making to
    /// count.</summary>
    private sealed record Scratch(CharBuffer Text, JsonTextWriter Writer)
    {
        public static Scratch New()
        {
            var text = new CharBuffer();
            return new(text, new JsonTextWriter(text));
        }
    }
}
