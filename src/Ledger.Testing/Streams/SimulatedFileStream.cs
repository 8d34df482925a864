namespace Ledger.Testing;

/// <summary>What <c>FileStream</c> is to a real file: a position and a buffer. Buffered bytes are not in the file
/// until they are flushed, and are lost when the client dies; a buffer that was read goes stale when others write.
/// Appending is done at the position the stream had, not at the end the file has by then: real streams of .NET do so,
/// too.</summary>
internal sealed partial class SimulatedFileStream : Stream
{
    private readonly OpenFile file;
    private readonly FileAccess access;
    private readonly byte[] buffer;
    private readonly bool deleteOnClose;
    private readonly long appendStart = -1;
    private long filePosition;
    private int readPosition;
    private int readLength;
    private int writeLength;
    private bool isDisposed;

    public SimulatedFileStream(OpenFile file, FileMode mode, FileAccess access, int bufferSize, bool deleteOnClose)
    {
        this.file = file;
        this.access = access;
        this.deleteOnClose = deleteOnClose;
        buffer = new byte[Math.Max(1, bufferSize)];
        if (mode == FileMode.Append)
            appendStart = filePosition = file.InitialLength;
    }

    public override bool CanRead => !isDisposed && access.HasFlag(FileAccess.Read);

    public override bool CanWrite => !isDisposed && access.HasFlag(FileAccess.Write);

    public override bool CanSeek => !isDisposed;

    public override long Length
    {
        get
        {
            ThrowIfDisposed();
            return writeLength > 0 ? Math.Max(file.Length, Position) : file.Length;
        }
    }

    public override long Position
    {
        get
        {
            ThrowIfDisposed();
            return filePosition - (readLength - readPosition) + writeLength;
        }

        set
        {
            ThrowIfNegative(value);
            Seek(value, SeekOrigin.Begin);
        }
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        ThrowIfDisposed();
        FlushWrites();
        var target = offset + origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => Position,
            SeekOrigin.End => file.Length,
            _ => throw new ArgumentException("Invalid seek origin.", nameof(origin)),
        };
        if (target < 0)
            throw FileErrors.InvalidSeek(file.Path.Text);
        ThrowIfBeforeAppendStart(target);
        var bufferStart = filePosition - readLength;
        if (target >= bufferStart && target < filePosition)
        {
            readPosition = (int)(target - bufferStart);
            return target;
        }

        DropReads();
        return filePosition = target;
    }

    public override void SetLength(long value)
    {
        ThrowIfNegative(value);
        ThrowIfDisposed();
        ThrowIfNotWritable();
        FlushWrites();
        if (value < appendStart)
            throw new IOException("Unable to truncate data that previously existed in a file opened in Append mode.");
        filePosition = Position;
        DropReads();
        file.SetLength(value);
        filePosition = Math.Min(filePosition, value);
    }

    public override void Flush()
    {
        ThrowIfDisposed();
        FlushWrites();
        if (CanWrite) file.Flush();
    }

    protected override void Dispose(bool disposing)
    {
        if (isDisposed || !disposing)
            return;
        try
        {
            if (file.IsClosed)
                return;
            FlushWrites();
            if (deleteOnClose)
                file.DeletePath();
        }
        finally
        {
            isDisposed = true;
            file.Close();
            base.Dispose(disposing);
        }
    }

    private void FlushWrites()
    {
        if (writeLength == 0)
            return;

        // After a failure the bytes stay buffered, and a later flush writes them to the same place.
        file.Write(filePosition, buffer.AsSpan(0, writeLength));
        filePosition += writeLength;
        writeLength = 0;
    }

    private void DropReads() => readPosition = readLength = 0;

    private static void ThrowIfNegative(long value)
    {
        if (value < 0)
            throw new ArgumentOutOfRangeException(nameof(value), "Non-negative number required.");
    }

    private void ThrowIfDisposed()
    {
        if (isDisposed)
            throw new ObjectDisposedException(null, "Cannot access a closed file.");
    }

    private void ThrowIfNotWritable()
    {
        if (!CanWrite)
            throw new NotSupportedException("Stream does not support writing.");
    }

    private void ThrowIfBeforeAppendStart(long position)
    {
        if (position < appendStart)
        {
            throw new IOException(
                "Unable seek backward to overwrite data that previously existed in a file opened in Append mode.");
        }
    }
}
