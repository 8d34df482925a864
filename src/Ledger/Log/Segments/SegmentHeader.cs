using System.Buffers;
using System.Text;
using Ledger.Model;
using Newtonsoft.Json;

namespace Ledger.Log.Segments;

/// <summary>The first line of a segment. The lines of the state at the seal before follow it, and then the entries.</summary>
/// <param name="GroupId">Whose log it is.</param>
/// <param name="Number">Which segment of it, from 1.</param>
/// <param name="Nonce">Random; entries of another nonce are void.</param>
/// <param name="FoldVersion">The rules that folded the state, and fold what follows.</param>
/// <param name="Position">Entries folded before this segment.</param>
/// <param name="Lines">How many lines the state has.</param>
/// <param name="StateChecksum">CRC-32C of those lines.</param>
internal sealed record SegmentHeader(
    string GroupId, long Number, string Nonce, int FoldVersion, long Position, long Lines, uint StateChecksum)
{
    /// <summary>The whole header: what a segment is created with.</summary>
    /// <exception cref="LedgerException">A line, or all of it, is over its limit.</exception>
    public static ReadOnlyMemory<byte> Write(
        string groupId, long number, string nonce, int foldVersion, long position, IReadOnlyList<byte[]> state)
    {
        var result = new ArrayBufferWriter<byte>(1024);
        var text = new StringBuilder();
        using (var w = new JsonTextWriter(new StringWriter(text)))
        {
            w.WriteStartObject();
            w.Field("group", groupId).Field("segment", number).Field("nonce", nonce).Field("foldVersion", foldVersion)
                .Field("position", position).Field("lines", (long)state.Count)
                .Field("stateCrc", (long)CheckedLine.Checksum(state));
            w.WriteEndObject();
        }
        var body = text.ToString(1, text.Length - 1);
        CheckedLine.Write(result, body, CheckedLine.SizeOf(body));
        foreach (var line in state)
        {
            if (line.Length > LogLimits.LineBytes || line.AsSpan().Contains((byte)'\n') || line.Length == 0)
                throw new LedgerException($"A line of {line.Length} bytes cannot stand in the header of group '{groupId}'.");
            result.Write(line);
            result.Write("\n"u8);
        }
        return result.WrittenCount <= LogLimits.HeaderBytes ? result.WrittenMemory
            : throw new LedgerException($"The state of group '{groupId}' has {result.WrittenCount} bytes, over the limit of "
                + $"{LogLimits.HeaderBytes} for a segment's header; let members leave, and supervisors unregister.");
    }

    /// <summary>Reads the first line.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static SegmentHeader Read(ReadOnlySpan<byte> line)
    {
        if (!CheckedLine.IsWhole(line)) throw new FormatException("its first line has no valid checksum");
        var f = JsonFields.Parse(line);
        return new SegmentHeader(f.Id("group"), f.Number("segment"), f.Text("nonce"), checked((int)f.Number("foldVersion")),
            f.Number("position"), f.Number("lines"), checked((uint)f.Number("stateCrc")));
    }

    /// <exception cref="FormatException">The lines are not those that the header was written with.</exception>
    public void RequireState(IReadOnlyList<byte[]> state)
    {
        if (CheckedLine.Checksum(state) != StateChecksum) throw new FormatException("its state has another checksum");
    }
}
