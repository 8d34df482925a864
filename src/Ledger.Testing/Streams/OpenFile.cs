namespace Ledger.Testing;

/// <summary>An open file, as a descriptor is: it stays with the file when that is renamed or deleted.</summary>
internal sealed class OpenFile(SystemCalls calls, TreePath path, FileNode file, FileShare share, bool appends)
{
    private readonly int connection = calls.Client.Connection;
    private readonly bool hadPath = file.Parent is not null;
    private bool isReleased;

    /// <summary>The file's length when it was opened.</summary>
    public long InitialLength { get; } = file.Length;

    /// <summary>The path it was opened under.</summary>
    public TreePath Path => path;

    public long Length
    {
        get
        {
            var pending = calls.Begin(FileCallKind.Look, path.Text);
            long length;
            using (Enter())
                length = file.Length;
            calls.End(pending);
            return length;
        }
    }

    public int Read(long offset, Span<byte> target)
    {
        var pending = calls.Begin(FileCallKind.Read, path.Text, length: target.Length);
        int count;
        using (Enter())
            count = file.Read(offset, target);
        calls.End(pending);
        return count;
    }

    /// <summary>Writes all of it at the offset, in one step, or throws. After an error a part may have been
    /// written.</summary>
    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        var pending = calls.Begin(FileCallKind.Write, path.Text, length: source.Length);
        var count = Math.Min(source.Length, pending.Fault?.Bytes ?? source.Length);
        using (Enter())
        {
            calls.Client.View.Forget(path);
            calls.Tree.Write(calls.Client, file, appends ? file.Length : offset, source[..count], path.Text);
        }
        calls.End(pending);
    }

    public void SetLength(long length)
    {
        var pending = calls.Begin(FileCallKind.SetLength, path.Text);
        using (Enter())
            calls.Tree.SetLength(calls.Client, file, length, path.Text);
        calls.End(pending);
    }

    /// <summary>Brings what was written to the disk itself.</summary>
    public void Flush()
    {
        var pending = calls.Begin(FileCallKind.Flush, path.Text);
        using (Enter())
        {
            file.Flush();
            calls.Tree.Journal?.Flushed(file);
        }
        calls.End(pending);
    }

    /// <summary>True once it was closed, by its owner or because its client died.</summary>
    public bool IsClosed
    {
        get
        {
            lock (calls.Tree.Sync)
                return isReleased;
        }
    }

    /// <summary>Closes it. Never fails; twice is no error.</summary>
    public void Close()
    {
        lock (calls.Tree.Sync)
        {
            if (isReleased)
                return;
            Release();
            calls.Client.OpenFiles.Remove(this);
        }
    }

    /// <summary>Deletes whatever has the path it was opened under.</summary>
    public void DeletePath() => calls.DeleteFile(path);

    /// <summary>Gives the file back. Guarded by the tree's lock.</summary>
    public void Release()
    {
        isReleased = true;
        calls.Tree.Close(file, share);
    }

    private bool IsStale => calls.Client.View.HasStaleHandles
        && (connection != calls.Client.Connection || (hadPath && file.Parent is null));

    private TreeScope Enter()
    {
        var scope = TreeScope.Enter(calls.Tree, calls.Client, path.Text);
        if (!isReleased && !IsStale)
            return scope;
        scope.Dispose();
        if (!isReleased) throw FileErrors.Stale(path.Text);
        throw new ObjectDisposedException(null, "Cannot access a closed file.");
    }
}
