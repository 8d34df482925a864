using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using Ledger.Log;
using Ledger.Model;
using Ledger.Tests.Log;
using Newtonsoft.Json;

namespace Ledger.Tests.Fuzzing;

/// <summary>Lines of a log as inputs.</summary>
internal static class Lines
{
    private const int BodyAt = 18; // {"crc":"01234567",

    /// <summary>Valid lines of every type.</summary>
    public static readonly IReadOnlyList<byte[]> Corpus =
        [.. Enum.GetValues<EntryType>().SelectMany(type => Enumerable.Range(1, 4).Select(i => Of(new Samples((ulong)i).Entry(type))))];

    public static byte[] Of(Entry entry)
    {
        var record = new ArrayBufferWriter<byte>();
        EntryCodec.Write(record, entry);
        return record.WrittenSpan[1..^1].ToArray();
    }

    /// <summary>Makes the checksum right again, so that what is behind it is reached.</summary>
    public static byte[] Sealed(byte[] line)
    {
        byte[] body = [.. (line.Length > BodyAt ? line[BodyAt..] : line).Where(b => b != '\n')];
        var crc = uint.MaxValue;
        foreach (var b in body) crc = BitOperations.Crc32C(crc, b);
        return [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"crc\":\"{~crc:x8}\",")), .. body];
    }

    /// <summary>Everything an entry says, as text: what is lost on the way to bytes shows here.</summary>
    public static string Spelt(Entry entry)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using var w = new JsonTextWriter(text) { StringEscapeHandling = StringEscapeHandling.EscapeNonAscii };
        w.WriteStartObject();
        w.Field("nonce", entry.Nonce).Field("seq", entry.Sequence).Field("participantId", entry.ParticipantId)
            .Field("incarnation", entry.Incarnation).Field("timestamp", entry.Timestamp).Field("type", Wire.Name(entry.Data.Type));
        DataCodec.Write(w, entry.Data);
        w.WriteEndObject();
        w.Flush();
        return text.ToString();
    }
}
