using System.Buffers;
using Ledger.Platform;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Log;

/// <summary>The reader's place in an append log. Between two reads it keeps no bytes, only where the current line begins
/// and how much of it is known to have no newline. What is a line depends on the bytes in the file alone, never on the
/// pieces in which they were read.</summary>
internal sealed class AppendLogReader(SafeFileHandle file, int firstBuffer = AppendLogReader.FirstBuffer)
{
    private const int FirstBuffer = 8 * 1024;
    private const int LargestBuffer = 256 * 1024;
    private const byte Newline = (byte)'\n';

    private long _lineStart;
    private long _known;

    /// <summary>The path in the places of lines, and in messages.</summary>
    public required string Path { get; set; }

    /// <summary>Up to here the file has been looked at.</summary>
    public long Reached => _lineStart + _known;

    /// <summary>Whether bytes without a newline follow the last line.</summary>
    public bool AtUnterminatedTail => _known > 0;

    /// <summary>Delivers all complete lines up to the end. True if there was anything new, whole lines or not.</summary>
    public bool ReadToEnd(LineHandler handler)
    {
        var size = firstBuffer;
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            for (var isNew = false; ; isNew = true)
            {
                var chunk = buffer.AsSpan(0, ReadAt(Reached, buffer.AsSpan(0, size)));
                if (chunk.IsEmpty) return isNew;
                var atLineStart = _known == 0;
                var wanted = atLineStart ? Scan(chunk, size, handler) : Continue(chunk, handler);
                // A short read ended where the file ended: one call less for the commonest case, a single record.
                if (atLineStart && chunk.Length < size && wanted <= size) return true;
                if (wanted <= size) continue;
                size = Math.Min(wanted, LargestBuffer);
                if (size > buffer.Length) buffer = Exchange(buffer, size);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A chunk that begins where a line begins. Returns the size of buffer to go on with.</summary>
    private int Scan(ReadOnlySpan<byte> chunk, int size, LineHandler handler)
    {
        int end;
        var isFull = chunk.Length == size;
        while ((end = chunk.IndexOf(Newline)) >= 0)
        {
            var place = new LinePlace(Path, _lineStart);
            var line = chunk[..end];
            chunk = chunk[(end + 1)..];
            _lineStart += end + 1;
            LineSplitter.DeliverOne(line, place, handler);
        }
        // More is likely to follow a full buffer: the begun line is read again, with more behind it. At the file's end,
        // and in a line that no buffer holds, only what is new is read.
        if (isFull && (chunk.Length < size || size < LargestBuffer)) return size * 4;
        _known = chunk.Length;
        return size;
    }

    /// <summary>A chunk that continues a line. Returns the size of buffer to go on with.</summary>
    private int Continue(ReadOnlySpan<byte> chunk, LineHandler handler)
    {
        var end = chunk.IndexOf(Newline);
        if (end < 0)
        {
            _known += chunk.Length;
            return 0;
        }
        var length = _known + end;
        if (length > LogLimits.LineBytes)
        {
            DeliverOversized(length, handler);
            return 0;
        }
        // The line is complete and fits: it is read again as a whole.
        _known = 0;
        return (int)length + 1;
    }

    private void DeliverOversized(long length, LineHandler handler)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LogLimits.LineBytes);
        try
        {
            var line = buffer.AsSpan(0, LogLimits.LineBytes);
            for (var filled = 0; filled < line.Length;)
            {
                var count = ReadAt(_lineStart + filled, line[filled..]);
                if (count == 0) throw Errno.Failure("Cannot read the log again", Path, Errno.InputOutput);
                filled += count;
            }
            var place = new LinePlace(Path, _lineStart);
            _lineStart += length + 1;
            _known = 0;
            handler(line, place, true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private int ReadAt(long offset, Span<byte> target)
    {
        var count = (int)Libc.Read(file, target, offset);
        return count >= 0 ? count : throw Errno.Failure("Cannot read the log", Path, -count);
    }

    private static byte[] Exchange(byte[] buffer, int size)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        return ArrayPool<byte>.Shared.Rent(size);
    }
}
