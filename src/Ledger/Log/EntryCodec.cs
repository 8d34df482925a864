using System.Buffers;
using Ledger.Model;
using Newtonsoft.Json;

namespace Ledger.Log;

/// <summary>An operation's entries as lines of its log. A line is one JSON object that begins with the checksum, so that it
/// can be read with any JSON tool and checked without parsing.</summary>
internal static class EntryCodec
{
    private static readonly Action<JsonWriter, Entry> Spelling = Spell;
    private static readonly Func<Entry, string> Naming = static entry => Wire.Name(entry.Data.Type);
    private static readonly Func<JsonFields, Entry> Parsing = Parse;

    /// <inheritdoc cref="EntryLine.Write"/>
    public static void Write(ArrayBufferWriter<byte> target, Entry entry) => EntryLine.Write(target, entry, Spelling, Naming);

    /// <inheritdoc cref="EntryLine.Read"/>
    public static LineVerdict Read(ReadOnlySpan<byte> line, bool oversized, out Entry? entry, out string? fault) =>
        EntryLine.Read(line, oversized, Parsing, out entry, out fault);

    private static Entry Parse(JsonFields f)
    {
        var type = f.Name<EntryType>("type");
        return new Entry(f.Text("nonce"), f.Number("seq"), f.Id("participantId"), f.Text("incarnation"),
            f.Text("timestamp"), DataCodec.Read(type, f.Object("data")));
    }

    private static void Spell(JsonWriter w, Entry entry)
    {
        w.Field("nonce", entry.Nonce).Field("seq", entry.Sequence).Field("participantId", entry.ParticipantId)
            .Field("incarnation", entry.Incarnation).Field("timestamp", entry.Timestamp)
            .Field("type", Wire.Name(entry.Data.Type));
        w.WritePropertyName("data");
        w.WriteStartObject();
        DataCodec.Write(w, entry.Data);
        w.WriteEndObject();
    }
}
