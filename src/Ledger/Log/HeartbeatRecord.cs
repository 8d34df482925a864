using System.Buffers;
using System.Globalization;
using System.Text;
using Ledger.Model;
using Newtonsoft.Json;

namespace Ledger.Log;

/// <summary>A participant's heartbeat record: one JSON object of fixed size. What changes with a beat stands at fixed
/// places in front, so that a beat formats a few digits and nothing else.</summary>
internal sealed class HeartbeatRecord
{
    /// <summary>Bytes of every record.</summary>
    public const int Size = 1024;

    private const string Front =
        "{\"sequence\":                   0,\"time\":\"0000-00-00T00:00:00.000Z\",\"paused\":false,\"toleranceMs\":           0,";

    private static readonly int SequenceAt = Front.IndexOf(':') + 1;
    private static readonly int TimeAt = Front.IndexOf("\"0000", StringComparison.Ordinal) + 1;
    private static readonly int PausedAt = Front.IndexOf("false", StringComparison.Ordinal);
    private static readonly int ToleranceAt = Front.IndexOf("toleranceMs", StringComparison.Ordinal) + 13;
    private const int SequenceWidth = 20;
    private const int ToleranceWidth = 12;
    private const int TimeWidth = 24;
    private const int PausedWidth = 5;
    private static readonly SearchValues<byte> TimeText = SearchValues.Create("0123456789-:.TZ"u8);
    private static readonly byte[] FrontBytes = Encoding.ASCII.GetBytes(Front);
    private static readonly (int At, int Width)[] Fields =
        [(SequenceAt, SequenceWidth), (TimeAt, TimeWidth), (PausedAt, PausedWidth), (ToleranceAt, ToleranceWidth)];

    private readonly byte[] bytes = new byte[Size];
    private long sequence;

    public HeartbeatRecord(string participantId, string incarnation, ProcessIdentity process, long intervalMs)
    {
        var text = new StringBuilder();
        using (var w = new JsonTextWriter(new StringWriter(text, CultureInfo.InvariantCulture)))
        {
            w.WriteStartObject();
            w.Field("participantId", participantId).Field("incarnation", incarnation).Field("intervalMs", intervalMs)
                .Field("process", process);
            w.WriteEndObject();
        }
        bytes.AsSpan().Fill((byte)' ');
        var written = Encoding.UTF8.GetBytes(Front + text.ToString(1, text.Length - 1));
        if (written.Length > Size - 1) throw new LedgerException("This host's and participant's names are too long for a heartbeat record.");
        written.CopyTo(bytes, 0);
        bytes[^1] = (byte)'\n';
    }

    /// <summary>The record's bytes for the next beat.</summary>
    public ReadOnlySpan<byte> Next(DateTimeOffset now, bool paused, long toleranceMs)
    {
        Number(SequenceAt, SequenceWidth, ++sequence);
        now.UtcDateTime.TryFormat(
            bytes.AsSpan(TimeAt), out _, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        (paused ? "true "u8 : "false"u8).CopyTo(bytes.AsSpan(PausedAt));
        Number(ToleranceAt, ToleranceWidth, Math.Clamp(toleranceMs, 0, JsonFields.LongestMs));
        return bytes;
    }

    private void Number(int at, int width, long value)
    {
        Span<byte> digits = stackalloc byte[SequenceWidth];
        value.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        var field = bytes.AsSpan(at, width);
        field.Fill((byte)' ');
        digits[..length].CopyTo(field[(width - length)..]);
    }

    /// <summary>What a reader takes from a record: everything, or null when it is none (half of a beat, or foreign).</summary>
    public static Contents? Parse(byte[] record)
    {
        try
        {
            var f = JsonFields.Parse(record);
            return new Contents(f.Id("participantId"), f.Text("incarnation"), f.Text("time"), f.Flag("paused"),
                f.Duration("toleranceMs"), f.Duration("intervalMs"), ValueCodec.Process(f.Object("process")));
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>What changes from beat to beat, or null when it is no record. Looked at where this program writes it, and only
    /// sought in the whole when it is not there: everybody reads several of these at every tick.</summary>
    public static (string Time, bool Paused, long ToleranceMs)? Signs(byte[] record)
    {
        if (HasFront(record) && Tolerance(record) is { } ms)
            return (Encoding.ASCII.GetString(record, TimeAt, TimeWidth), record[PausedAt] == (byte)'t', ms);
        return Parse(record) is { } all ? (all.Time, all.Paused, all.ToleranceMs) : null;
    }

    private static long? Tolerance(byte[] record)
    {
        var digits = record.AsSpan(ToleranceAt, ToleranceWidth).TrimStart((byte)' ');
        var isPlain = digits is [(byte)'0'] or [>= (byte)'1' and <= (byte)'9', ..];
        return isPlain && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms <= JsonFields.LongestMs
            ? ms : null;
    }

    /// <summary>Whether the fixed part of the front is there, with plain text between.</summary>
    private static bool HasFront(byte[] record)
    {
        if (record.Length != Size || record.AsSpan(TimeAt, TimeWidth).ContainsAnyExcept(TimeText)) return false;
        var (at, found) = (0, true);
        foreach (var (field, width) in Fields)
        {
            found &= record.AsSpan(at..field).SequenceEqual(FrontBytes.AsSpan(at..field));
            at = field + width;
        }
        return found && record.AsSpan(at..FrontBytes.Length).SequenceEqual(FrontBytes.AsSpan(at));
    }

    /// <summary>A record, read.</summary>
    internal sealed record Contents(string ParticipantId, string Incarnation, string Time, bool Paused,
        long ToleranceMs, long IntervalMs, ProcessIdentity Process);
}
