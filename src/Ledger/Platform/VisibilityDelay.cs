using System.Text;
using Ledger.Model;

namespace Ledger.Platform;

/// <summary>How long a change in a directory is not seen by a fresh look at it. Measured where a ledger is made on a file system
/// that is not known to be local. One machine sees what its own cache hides, not what those of others do: a lower bound.</summary>
internal static class VisibilityDelay
{
    /// <summary>A delay beyond it is no delay to live with.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    private const int Rounds = 3;
    private const int RecordBytes = 64;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(1);

    /// <summary>The longest of some: for a record that is rewritten in place, and for a new name in the listing.</summary>
    /// <exception cref="LedgerStorageException">A change was not seen within <see cref="Bound"/>; or the directory cannot be
    /// written to.</exception>
    public static TimeSpan Measure(IDisk disk, string directory, TimeProvider time)
    {
        var path = Path.Combine(directory, "probe-" + RandomName.Hex(16));
        var longest = TimeSpan.Zero;
        try
        {
            var begin = time.GetTimestamp();
            disk.TryPublish(path, Content(0), flush: false);
            Wait(() => disk.List(directory)?.Contains(Path.GetFileName(path)) == true, begin);
            using var record = disk.OpenRecord(path, RecordBytes);
            for (var round = 1; round <= Rounds; round++)
            {
                var content = Content(round);
                begin = time.GetTimestamp();
                record.TryWrite(content);
                Wait(() => disk.ReadAll(path, RecordBytes) is { } seen && content.AsSpan().SequenceEqual(seen), begin);
            }
        }
        finally
        {
            disk.Delete(path);
        }
        return longest;

        void Wait(Func<bool> isSeen, long begin)
        {
            using var pause = new ManualResetEventSlim(false);
            while (!isSeen())
            {
                if (time.GetElapsedTime(begin) >= Bound)
                {
                    throw new LedgerStorageException(directory,
                        $"What is written here is not seen again for {Bound.TotalSeconds:0} s: mount it without caching, or use another directory");
                }
                pause.Wait(Between);
            }
            var delay = time.GetElapsedTime(begin);
            if (delay > longest) longest = delay;
        }
    }

    private static byte[] Content(int round) => Encoding.UTF8.GetBytes($"{round}".PadRight(RecordBytes));
}
