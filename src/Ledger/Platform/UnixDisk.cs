using System.IO.Enumeration;
using Ledger.Model;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Platform;

/// <summary>The Linux file system, through the system's own calls. Files are created with mode 0600 and directories
/// with 0700, whatever the umask.</summary>
/// <param name="isLocal">Whether the file system is known to be local. There records keep their descriptor, and the
/// system's exclusive rename is one.</param>
internal sealed class UnixDisk(bool isLocal) : IDisk
{
    private const int FileMode = 0x180, DirectoryMode = 0x1c0; // 0600, 0700
    private const int VanishedNameTries = 4;

    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        MatchType = MatchType.Simple,
    };

    public byte[]? ReadAll(string path, int limit)
    {
        using var file = OpenRegular(path, Libc.ReadOnly, "Cannot read", out var stat);
        if (file is null) return null;
        if (stat.Size > limit) throw TooLarge(path, limit);
        var content = new byte[stat.Size + 1];
        var length = 0;
        while (true)
        {
            var count = (int)Libc.Read(file, content.AsSpan(length), length);
            // A network file system's server reads by name, and it was moved meanwhile.
            if (count < 0 && Errno.IsAbsent(-count)) return null;
            if (count < 0) throw Errno.Failure("Cannot read", path, -count);
            length += count;
            if (length > limit) throw TooLarge(path, limit);
            // One byte more than the file has was asked for: getting just the file is its end, too.
            if (count == 0 || (length == stat.Size && length < content.Length)) return content[..length];
            if (length == content.Length) Array.Resize(ref content, (int)Math.Min(2L * length, limit + 1L));
        }
    }

    public bool TryPublish(string path, ReadOnlySpan<byte> content, bool flush)
    {
        var temporary = WriteTemporary(path, content, flush);
        // One step instead of two; should it fail, the link finds out why.
        if (isLocal && Libc.RenameNoReplace(temporary, path) == 0) return true;
        try
        {
            return TryLink(temporary, path, content);
        }
        finally
        {
            // Whether this succeeds does not matter to anyone: leftovers have a dot name, and are swept.
            _ = Libc.Unlink(temporary);
        }
    }

    public void Replace(string path, ReadOnlySpan<byte> content, bool flush = false)
    {
        var temporary = WriteTemporary(path, content, flush);
        var errno = -Libc.Rename(temporary, path);
        if (errno == 0) return;
        _ = Libc.Unlink(temporary);
        throw Errno.Failure("Cannot replace the file", path, errno);
    }

    public bool FlushDirectory(string path)
    {
        using var directory = Libc.Open(path, Libc.Directory | Libc.NoFollow | Libc.ReadOnly, 0, out var errno);
        if (Errno.IsAbsent(errno) && Look(path) is null) return false;
        if (errno == 0) errno = -Libc.Flush(directory!);
        // Some file systems know no flush of a directory: there, its names are not cached.
        return errno is 0 or Errno.Invalid ? true : throw Errno.Failure("Cannot flush the directory", path, errno);
    }

    public IReadOnlyList<string>? List(string directory) => Names(directory, static name => name[0] != '.');

    public IReadOnlyList<string>? ListTemporary(string directory) => Names(directory, DiskNames.IsTemporary);

    public bool TryMove(string source, string target)
    {
        var errno = -Libc.RenameNoReplace(source, target);
        if (errno is Errno.Invalid or Errno.NotImplemented) errno = MoveWithoutSystemsHelp(source, target);
        return errno switch
        {
            0 => true,
            Errno.Exists or Errno.NotEmpty => false,
            _ when Errno.IsAbsent(errno) && Look(source) is null => false,
            _ => throw Errno.Failure($"Cannot rename to {target}", source, errno),
        };
    }

    public void Delete(string path)
    {
        var errno = -Libc.Unlink(path);
        if (errno == Errno.Stale) errno = -Libc.Unlink(path);
        if (errno != 0 && !Errno.IsAbsent(errno)) throw Errno.Failure("Cannot delete", path, errno);
    }

    public void DeleteEmptyDirectory(string path)
    {
        var errno = -Libc.RemoveDirectory(path);
        if (errno is 0 or Errno.NoEntry or Errno.NotEmpty or Errno.Exists) return;
        if (errno == Errno.NotDirectory && Look(path) is null) return;
        throw Errno.Failure("Cannot delete the directory", path, errno);
    }

    public void CreateDirectory(string path)
    {
        var errno = -Libc.MakeDirectory(path, DirectoryMode);
        if (errno == Errno.Exists)
        {
            if (Look(path) is { IsDirectory: false }) throw Errno.Failure(NoDirectory, path, Errno.NotDirectory);
            return;
        }
        if (errno != 0) throw Errno.Failure(NoDirectory, path, errno);
        if (Libc.Stat(path, out var stat) == 0 && (stat.Permissions & DirectoryMode) == DirectoryMode) return;
        errno = -Libc.ChangeMode(path, DirectoryMode);
        // Made it was; somebody has deleted it since.
        if (errno != 0 && !Errno.IsAbsent(errno)) throw Errno.Failure("Cannot make the directory accessible", path, errno);
    }

    public DiskEntry? Look(string path)
    {
        var errno = -Libc.Stat(path, out var stat);
        if (Errno.IsAbsent(errno)) return null;
        if (errno != 0) throw Errno.Failure("Cannot look at", path, errno);
        return new DiskEntry(stat.IsDirectory, stat.IsRegularFile, stat.Size, stat.Modified);
    }

    public string? Identity(string path)
    {
        var errno = -Libc.Stat(path, out var stat);
        if (Errno.IsAbsent(errno)) return null;
        return errno == 0 ? $"{stat.Device}:{stat.Inode}" : throw Errno.Failure("Cannot look at", path, errno);
    }

    public void DeleteTree(string path) => UnixTree.Delete(path);

    public IRecordFile OpenRecord(string path, int size)
    {
        if (!isLocal) return new ReopenedRecord(path, size);
        return new KeptRecord(path, size);
    }

    public IRecordFile? TryKeep(string path, int size) => isLocal ? KeptRecord.TryOpen(path, size) : null;

    /// <summary>Opens what must be a regular file, or null when it is confirmed absent.</summary>
    internal static SafeFileHandle? OpenRegular(string path, int flags, string action, out FileStat stat)
    {
        stat = default;
        flags |= Libc.NoFollow | Libc.NonBlocking;
        var file = Libc.Open(path, flags, 0, out var errno);
        // A network file system says this when it remembered a file that was replaced: a fresh look decides.
        if (errno == Errno.Stale) file = Libc.Open(path, flags, 0, out errno);
        if (Errno.IsAbsent(errno)) return null;
        if (errno == Errno.NoDevice) throw NotRegular(action, path);
        if (file is null) throw Errno.Failure(action, path, errno);
        errno = -Libc.Stat(file, out stat);
        if (errno == 0 && stat.IsRegularFile) return file;
        file.Dispose();
        // A network file system asks by name, and it was moved meanwhile.
        if (Errno.IsAbsent(errno)) return null;
        throw errno == 0 ? NotRegular(action, path) : Errno.Failure(action, path, errno);
    }

    private const string NoDirectory = "Cannot create the directory";

    private static LedgerStorageException NotRegular(string action, string path) =>
        new(path, $"{action}: it is not a regular file");

    private static LedgerStorageException TooLarge(string path, int limit) =>
        new(path, $"Cannot read: the file is larger than {limit} bytes") { Errno = Errno.TooBig };

    /// <summary>A complete file of a random dot name in the same directory.</summary>
    private static string WriteTemporary(string path, ReadOnlySpan<byte> content, bool flush)
    {
        const string Action = "Cannot write";
        var temporary = DiskNames.Temporary(path);
        var flags = Libc.WriteOnly | Libc.Create | Libc.Exclusive | Libc.NoFollow;
        var file = Libc.Open(temporary, flags, FileMode, out var errno);
        if (file is null) throw Errno.Failure(Action, path, errno);
        errno = Fill(file, content, flush);
        var closed = -Libc.Close(file);
        if (errno == 0) errno = closed;
        if (errno == 0) return temporary;
        _ = Libc.Unlink(temporary);
        throw Errno.Failure(Action, path, errno);
    }

    private static int Fill(SafeFileHandle file, ReadOnlySpan<byte> content, bool flush)
    {
        // File systems without modes refuse the change; there, nothing is lost by going on.
        if (Libc.Stat(file, out var stat) == 0 && stat.Permissions != FileMode) _ = Libc.ChangeMode(file, FileMode);
        while (content.Length > 0)
        {
            var count = (int)Libc.Write(file, content);
            if (count <= 0) return count == 0 ? Errno.NoSpace : -count;
            content = content[count..];
        }
        return flush ? -Libc.Flush(file) : 0;
    }

    private static bool TryLink(string temporary, string path, ReadOnlySpan<byte> content)
    {
        for (var tries = 1; ; tries++)
        {
            var errno = -Libc.Link(temporary, path);
            if (errno == 0) return true;
            // Servers disagree about the code for "exists", and a lost reply looks like a failure: what lies under
            // the name decides, not the code.
            if (HasContent(path, content) is { } mine) return mine;
            if (errno == Errno.Exists && tries < VanishedNameTries) continue;
            throw errno is Errno.NotPermitted or Errno.NotSupported or Errno.NotImplemented or Errno.TooManyLinks
                ? NoLinks(path, errno)
                : Errno.Failure("Cannot publish", path, errno);
        }
    }

    private static LedgerStorageException NoLinks(string path, int errno) => new(path,
        $"Cannot publish: this file system does not offer hard links ({Errno.Describe(errno)}), which a ledger needs "
        + "to create files exclusively; use a directory on another file system")
    { Errno = errno };

    /// <summary>Whether the file has this content; null when there is nothing under the name.</summary>
    private static bool? HasContent(string path, ReadOnlySpan<byte> content)
    {
        var errno = -Libc.Stat(path, out var stat);
        if (Errno.IsAbsent(errno)) return null;
        if (errno != 0) throw Errno.Failure("Cannot tell what was published", path, errno);
        if (!stat.IsRegularFile || stat.Size != content.Length) return false;
        using var file = OpenRegular(path, Libc.ReadOnly, "Cannot tell what was published", out _);
        if (file is null) return null;
        var existing = new byte[content.Length];
        var length = 0;
        while (length < existing.Length)
        {
            var count = (int)Libc.Read(file, existing.AsSpan(length), length);
            if (count < 0) throw Errno.Failure("Cannot tell what was published", path, -count);
            if (count == 0) return false;
            length += count;
        }
        return content.SequenceEqual(existing);
    }

    /// <summary>For file systems that cannot rename without replacing. A directory never replaces one that has
    /// something in it; a file gets its second name exclusively before it loses the first.</summary>
    private static int MoveWithoutSystemsHelp(string source, string target)
    {
        var errno = -Libc.Stat(source, out var stat);
        if (errno != 0) return errno;
        if (stat.IsDirectory) return -Libc.Rename(source, target);
        errno = -Libc.Link(source, target);
        return errno != 0 ? errno : -Libc.Unlink(source);
    }

    internal static List<string>? Names(string directory, Func<string, bool> wanted)
    {
        const string Action = "Cannot list the directory";
        using (var probe = Libc.Open(directory, Libc.Directory | Libc.NoFollow | Libc.ReadOnly, 0, out var errno))
        {
            // ENOTDIR is also the answer for a link or a file in its place, which is not the same as absent.
            if (errno == Errno.NoEntry || (errno == Errno.NotDirectory && Libc.Stat(directory, out _) != 0)) return null;
            if (errno != 0) throw Errno.Failure(Action, directory, errno);
        }
        try
        {
            var names = new FileSystemEnumerable<string>(
                directory, static (ref FileSystemEntry entry) => entry.FileName.ToString(), Everything);
            return [.. names.Where(wanted)];
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerStorageException(directory, $"{Action}: {DiskNames.OneLine(e)}", e);
        }
    }
}
