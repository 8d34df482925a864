namespace Ledger.Testing;

/// <content>Reading and writing. The asynchronous ones run at once, on the calling thread.</content>
internal sealed partial class SimulatedFileStream
{
    public override int Read(Span<byte> buffer)
    {
        ThrowIfDisposed();
        if (!CanRead)
            throw new NotSupportedException("Stream does not support reading.");
        FlushWrites();
        var count = TakeBuffered(buffer);
        if (count == buffer.Length)
            return count;
        var rest = buffer[count..];
        if (rest.Length >= this.buffer.Length)
        {
            DropReads();
            var direct = file.Read(filePosition, rest);
            filePosition += direct;
            return count + direct;
        }

        DropReads();
        readLength = file.Read(filePosition, this.buffer);
        filePosition += readLength;
        return count + TakeBuffered(rest);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ThrowIfDisposed();
        ThrowIfNotWritable();
        filePosition -= readLength - readPosition;
        DropReads();
        while (!buffer.IsEmpty)
        {
            if (writeLength == 0 && buffer.Length >= this.buffer.Length)
            {
                file.Write(filePosition, buffer);
                filePosition += buffer.Length;
                return;
            }

            var count = Math.Min(buffer.Length, this.buffer.Length - writeLength);
            buffer[..count].CopyTo(this.buffer.AsSpan(writeLength));
            writeLength += count;
            buffer = buffer[count..];
            if (writeLength == this.buffer.Length)
                FlushWrites();
        }
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    public override void WriteByte(byte value) => Write([value]);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(CompletedTask.Of(() => Read(buffer.Span), cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        CompletedTask.Of(() => Read(buffer, offset, count), cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(CompletedTask.Of(() => Write(buffer.Span), cancellationToken));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        CompletedTask.Of(() => Write(buffer, offset, count), cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => CompletedTask.Of(Flush, cancellationToken);

    private int TakeBuffered(Span<byte> target)
    {
        var count = Math.Min(target.Length, readLength - readPosition);
        buffer.AsSpan(readPosition, count).CopyTo(target);
        readPosition += count;
        return count;
    }
}
