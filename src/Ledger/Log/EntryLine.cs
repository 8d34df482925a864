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

/// <summary>Entries of any kind as lines of a log: checked, bounded, and skipped by their bytes only, so that everyone skips
/// alike.</summary>
internal static class EntryLine
{
    [ThreadStatic]
    private static Scratch? scratch;

    /// <summary>Appends the entry to <paramref name="target"/> as a record's part: the line and its newline; the very first
    /// byte of a record is a newline too, so that a torn record before it spoils only itself.</summary>
    /// <param name="target">The record.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="spell">Writes its fields.</param>
    /// <param name="name">Its type, for the message.</param>
    /// <exception cref="LedgerException">The line would be over the limit; nothing was appended.</exception>
    public static void Write<T>(ArrayBufferWriter<byte> target, T entry, Action<JsonWriter, T> spell, Func<T, string> name)
    {
        var kept = scratch ?? Scratch.New();
        scratch = null; // cut off in the middle, or grown by an oversized entry, it is not used again
        kept.Text.Clear();
        kept.Writer.WriteStartObject();
        spell(kept.Writer, entry);
        kept.Writer.WriteEndObject();
        kept.Writer.Flush();
        var body = kept.Text.Written[1..]; // without the opening brace
        var size = CheckedLine.SizeOf(body);
        if (size > LogLimits.LineBytes)
            throw new LedgerException($"A {name(entry)} entry of {size} bytes is over the limit of "
                + $"{LogLimits.LineBytes}; shorten its texts or register fewer resources at once.");
        scratch = kept;
        if (target.WrittenCount == 0) target.Write("\n"u8);
        CheckedLine.Write(target, body, size);
    }

    /// <summary>Reads a line. <paramref name="fault"/> says why it is no entry.</summary>
    public static LineVerdict Read<T>(
        ReadOnlySpan<byte> line, bool oversized, Func<JsonFields, T> read, out T? entry, out string? fault) where T : class
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
            var fields = JsonFields.ParseChecked(line);
            entry = read(fields);
            fields.GiveBack();
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
            JsonFields.Parse(line);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
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
