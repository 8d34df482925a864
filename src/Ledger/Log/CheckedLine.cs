using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Ledger.Log;

/// <summary>A JSON object in one line that begins with the checksum of the rest (CRC-32C, of all bytes behind the checksum
/// field's comma): read with any JSON tool, checked without parsing.</summary>
internal static class CheckedLine
{
    /// <summary>The checksum's.</summary>
    public const string Name = "crc";

    private const string Head = "{\"crc\":\"";
    private const int BodyAt = 18; // {"crc":"01234567",

    /// <summary>Bytes of the line, without its newline, whose object goes on with <paramref name="body"/>.</summary>
    public static int SizeOf(ReadOnlySpan<char> body) => BodyAt + Encoding.UTF8.GetByteCount(body);

    /// <summary>Appends the line and a newline.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="body">The object without its opening brace.</param>
    /// <param name="size">Its <see cref="SizeOf"/>.</param>
    public static void Write(IBufferWriter<byte> target, ReadOnlySpan<char> body, int size)
    {
        var room = target.GetSpan(size + 1);
        var length = Encoding.UTF8.GetBytes(body, room[BodyAt..]);
        Encoding.ASCII.GetBytes(Head, room);
        Checksum(room.Slice(BodyAt, length)).TryFormat(room[Head.Length..], out _, "x8", CultureInfo.InvariantCulture);
        "\","u8.CopyTo(room[(BodyAt - 2)..]);
        room[BodyAt + length] = (byte)'\n';
        target.Advance(size + 1);
    }

    /// <summary>Whether the line begins with its checksum and nothing behind that is missing or changed.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> line) =>
        line.Length > BodyAt
        && Begins(line)
        && uint.TryParse(line.Slice(Head.Length, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var crc)
        && crc == Checksum(line[BodyAt..]);

    /// <summary>The object in a whole line without its brace and its checksum; nothing when that does not end as it
    /// should.</summary>
    public static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> line) => line[(BodyAt - 2)..BodyAt].SequenceEqual("\","u8) ? line[BodyAt..] : [];

    /// <summary>Whether the line, cut off anywhere or not, begins as such lines do.</summary>
    public static bool Begins(ReadOnlySpan<byte> line)
    {
        var head = "{\"crc\":\""u8;
        return line.Length <= head.Length ? head.StartsWith(line) : line.StartsWith(head);
    }

    /// <summary>CRC-32C.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes) => ~Add(uint.MaxValue, bytes);

    /// <summary>CRC-32C of parts, one after another.</summary>
    public static uint Checksum(IEnumerable<byte[]> parts) =>
        ~parts.Aggregate(uint.MaxValue, static (crc, part) => Add(crc, part));

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (var b in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, b);
        return crc;
    }
}
