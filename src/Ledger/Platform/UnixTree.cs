using Ledger.Model;

namespace Ledger.Platform;

/// <summary>Deletes a tree without following links or crossing into another file system.</summary>
internal static class UnixTree
{
    public static void Delete(string path)
    {
        var errno = -Libc.Stat(path, out var top);
        if (Errno.IsAbsent(errno)) return;
        if (errno != 0) throw Errno.Failure("Cannot delete", path, errno);
        var doomed = DiskNames.Temporary(path);
        errno = -Libc.Rename(path, doomed);
        if (Errno.IsAbsent(errno)) return;
        if (errno != 0) throw Errno.Failure("Cannot delete", path, errno);
        try
        {
            DeleteAt(doomed, top.Device);
        }
        catch (LedgerStorageException)
        {
            // Under its own name again it is found by the next try, and by people.
            _ = Libc.RenameNoReplace(doomed, path);
            throw;
        }
    }

    private static void DeleteAt(string path, ulong device)
    {
        var errno = -Libc.Stat(path, out var stat);
        if (Errno.IsAbsent(errno)) return;
        if (errno != 0) throw Errno.Failure("Cannot delete", path, errno);
        if (stat.Device != device)
            throw new LedgerStorageException(path, "Cannot delete: another file system is mounted there");
        if (stat.IsDirectory)
        {
            foreach (var name in UnixDisk.Names(path, static _ => true) ?? []) DeleteAt(Path.Combine(path, name), device);
        }
        errno = stat.IsDirectory ? -Libc.RemoveDirectory(path) : -Libc.Unlink(path);
        if (errno != 0 && !Errno.IsAbsent(errno)) throw Errno.Failure("Cannot delete", path, errno);
    }
}
