using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;
using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>Moves operations that ended a while ago to the backup: what every command does first, where no long-lived
/// participant did. Whether it was long enough is judged by the file system's own times, because a command has not seen
/// them end.</summary>
internal static class OverdueArchiver
{
    /// <summary>Operations archived at most; the next command goes on.</summary>
    public const int MostArchived = 20;

    /// <summary>Logs read at most, so that a command starts fast among many that run.</summary>
    private const int MostRead = 200;

    /// <summary>Heartbeat cycles in which long-lived participants notice the end by themselves.</summary>
    private const int Cycles = 2;

    /// <summary>Returns how many were archived. What fails is left to whoever comes next.</summary>
    /// <exception cref="LedgerStorageException">The ledger cannot be written to.</exception>
    public static int Run(LedgerContext ledger)
    {
        var now = Now(ledger);
        var latest = now - TimeSpan.FromMilliseconds(Cycles * ledger.Manifest.HeartbeatIntervalMs);
        // In another order each time: what cannot be read, or only runs, must not keep the rest from being looked at.
        var ids = ledger.Logs.ListLive().OrderBy(_ => ledger.NewHex(8), StringComparer.Ordinal).ToList();
        var archived = 0;
        foreach (var id in ids.Where(id => LastWritten(ledger, id) <= latest).Take(MostRead))
        {
            if (TryOne(ledger, id) && ++archived == MostArchived) break;
        }
        return archived;
    }

    private static DateTimeOffset Now(LedgerContext ledger)
    {
        try
        {
            return ledger.FileSystemNow();
        }
        catch (LedgerStorageException e) when (e.Errno is not (Errno.ReadOnlySystem or Errno.AccessDenied))
        {
            // A full disk must not keep anybody from looking.
            return DateTimeOffset.MinValue.AddDays(1);
        }
    }

    private static DateTimeOffset LastWritten(LedgerContext ledger, string operationId)
    {
        try
        {
            return ledger.Logs is FileLogStore files && ledger.Disk.Look(files.LivePath(operationId)) is { } entry
                ? entry.Modified : DateTimeOffset.MaxValue;
        }
        catch (LedgerStorageException)
        {
            return DateTimeOffset.MaxValue;
        }
    }

    private static bool TryOne(LedgerContext ledger, string operationId)
    {
        try
        {
            if (ledger.Logs.TryOpen(operationId) is not { } log) return false;
            using var reader = ledger.ReaderOf(log);
            reader.Read();
            return reader.State is { IsTerminal: true } state && !log.IsArchived && Housekeeper.Archive(ledger, state) is not null;
        }
        catch (LedgerException e)
        {
            Messages.TriedAgain(ledger.Log, operationId, "archiving it", e.Message);
            return false;
        }
    }
}
