using System.Buffers;
using Ledger.Model;
using Ledger.Model.Groups;
using Newtonsoft.Json;

namespace Ledger.Log.Groups;

/// <summary>A group's entries as lines of its log, in the envelope that operations' entries have.</summary>
internal static class GroupEntryCodec
{
    private static readonly Action<JsonWriter, GroupEntry> Spelling = Spell;
    private static readonly Func<GroupEntry, string> Naming = static entry => Wire.Name(entry.Data.Type);
    private static readonly Func<JsonFields, GroupEntry> Parsing = Parse;

    /// <inheritdoc cref="EntryLine.Write"/>
    public static void Write(ArrayBufferWriter<byte> target, GroupEntry entry) =>
        EntryLine.Write(target, entry, Spelling, Naming);

    /// <inheritdoc cref="EntryLine.Read"/>
    public static LineVerdict Read(ReadOnlySpan<byte> line, bool oversized, out GroupEntry? entry, out string? fault) =>
        EntryLine.Read(line, oversized, Parsing, out entry, out fault);

    private static GroupEntry Parse(JsonFields f)
    {
        var type = f.Name<GroupEntryType>("type");
        return new GroupEntry(f.Text("nonce"), f.Number("seq"), f.Id("participantId"), f.Text("incarnation"),
            f.Text("timestamp"), GroupDataCodec.Read(type, f.Object("data")));
    }

    private static void Spell(JsonWriter w, GroupEntry entry)
    {
        w.Field("nonce", entry.Nonce).Field("seq", entry.Sequence).Field("participantId", entry.ParticipantId)
            .Field("incarnation", entry.Incarnation).Field("timestamp", entry.Timestamp)
            .Field("type", Wire.Name(entry.Data.Type));
        w.WritePropertyName("data");
        w.WriteStartObject();
        GroupDataCodec.Write(w, entry.Data);
        w.WriteEndObject();
    }
}
