namespace Ledger.Testing;

/// <summary>A file's content, and who has it open. It lives on without a path while it is open.</summary>
internal sealed class FileNode(DateTime now) : Node(now)
{
    private byte[] content = [];
    private int sharers;
    private bool isExclusive;

    private byte[]? flushed;

    public long Length { get; private set; }

    /// <summary>Whose bytes in it would not survive a loss of power, or null.</summary>
    public ClientState? UnflushedBy { get; private set; }

    public int OpenCount { get; private set; }

    /// <summary>Takes the advisory lock that .NET takes on Unix: exclusive for <see cref="FileShare.None"/>, shared for
    /// everything else. False when it conflicts.</summary>
    public bool TryOpen(FileShare share)
    {
        if (isExclusive || (share == FileShare.None && sharers > 0))
            return false;
        if (share == FileShare.None)
            isExclusive = true;
        else
            sharers++;
        OpenCount++;
        return true;
    }

    public void Close(FileShare share)
    {
        if (share == FileShare.None)
            isExclusive = false;
        else
            sharers--;
        OpenCount--;
    }

    /// <summary>The content of now, without a path.</summary>
    public FileNode Copy()
    {
        var copy = new FileNode(WrittenUtc);
        copy.Write(0, content.AsSpan(0, (int)Length));
        return copy;
    }

    /// <summary>Remembers what is on the disk before a client's bytes come that are not.</summary>
    public void BeginUnflushed(ClientState client)
    {
        if (UnflushedBy is not null) return;
        (UnflushedBy, flushed) = (client, content[..(int)Length]);
        client.Unflushed.Add(this);
    }

    public void Flush()
    {
        UnflushedBy?.Unflushed.Remove(this);
        (UnflushedBy, flushed) = (null, null);
    }

    /// <summary>The power fails: what was not flushed is gone. Returns by how many bytes it shrinks.</summary>
    public long Revert()
    {
        var before = Length;
        var kept = flushed!;
        SetLength(0);
        Write(0, kept);
        Flush();
        return before - Length;
    }

    public int Read(long offset, Span<byte> target)
    {
        var count = (int)Math.Clamp(Length - offset, 0, target.Length);
        content.AsSpan((int)Math.Min(offset, Length), count).CopyTo(target);
        return count;
    }

    /// <summary>Writes at an offset; a gap before it reads as zeros.</summary>
    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        if (offset + source.Length > Length)
            SetLength(offset + source.Length);
        source.CopyTo(content.AsSpan((int)offset));
    }

    public void SetLength(long length)
    {
        if (length > content.Length)
            Array.Resize(ref content, (int)Math.Min(Array.MaxLength, Math.Max(length, 2L * content.Length)));
        if (length < Length)
            content.AsSpan((int)length, (int)(Length - length)).Clear();
        Length = length;
    }
}
