namespace Ledger.Log;

/// <summary>Delivers the lines of bytes that are complete by themselves (one file of a chain).</summary>
internal static class LineSplitter
{
    public static void Deliver(ReadOnlySpan<byte> content, string path, long offset, LineHandler handler)
    {
        while (!content.IsEmpty)
        {
            var end = content.IndexOf((byte)'\n');
            var line = end < 0 ? content : content[..end];
            DeliverOne(line, new LinePlace(path, offset), handler);
            if (end < 0) return;
            offset += end + 1;
            content = content[(end + 1)..];
        }
    }

    public static void DeliverOne(ReadOnlySpan<byte> line, LinePlace place, LineHandler handler)
    {
        if (line.IsEmpty) return;
        var oversized = line.Length > LogLimits.LineBytes;
        handler(oversized ? line[..LogLimits.LineBytes] : line, place, oversized);
    }
}
