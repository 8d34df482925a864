using System.IO.Abstractions;
using Ledger.Model;

namespace Ledger.Platform;

/// <summary>A record on an injected file system, which knows no inodes: what lies there is compared with what was
/// written last.</summary>
internal sealed class InjectedRecord : IRecordFile
{
    private readonly IFileSystem _files;
    private readonly string _path;
    private readonly byte[] _last;
    private readonly byte[] _found;
    private bool _lastIsKnown;

    public InjectedRecord(IFileSystem files, string path, int size)
    {
        (_files, _path, _last, _found) = (files, path, new byte[size], new byte[size]);
        try
        {
            using var stream = Open(FileAccess.Read);
            _lastIsKnown = stream.ReadAtLeast(_last, size, throwOnEndOfStream: false) == size;
        }
        catch (Exception e) when (InjectedDisk.IsFailure(e))
        {
            throw InjectedDisk.Failure(path, RecordWriting.Action, e);
        }
    }

    public bool TryWrite(ReadOnlySpan<byte> content)
    {
        RecordWriting.CheckLength(content, _last.Length);
        try
        {
            using var stream = Open(FileAccess.ReadWrite);
            var complete = stream.ReadAtLeast(_found, _found.Length, throwOnEndOfStream: false) == _found.Length;
            if (_lastIsKnown && (!complete || !_found.AsSpan().SequenceEqual(_last))) return false;
            _lastIsKnown = false;
            stream.Position = 0;
            stream.Write(content);
            stream.Flush();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (InjectedDisk.IsFailure(e))
        {
            throw InjectedDisk.Failure(_path, RecordWriting.Action, e);
        }
        content.CopyTo(_last);
        _lastIsKnown = true;
        return true;
    }

    public void Dispose() { }

    private Stream Open(FileAccess access) =>
        _files.File.Open(_path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
}
