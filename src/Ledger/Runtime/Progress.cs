using System.Text;
using Ledger.Log;
using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Runtime;

/// <summary>The progress file of a watched frame: any change of its bytes or of its time is progress; it may hold for how
/// long its owner will be busy. Durations, never times.</summary>
internal static class Progress
{
    private const int MaxBytes = 4096;

    public static void Report(LedgerContext ledger, string path, TimeSpan busyFor)
    {
        var busyMs = (long)Math.Clamp(busyFor.TotalMilliseconds, 0, JsonFields.LongestMs);
        // The random name makes the bytes differ from the last report's, whoever made it, where times are coarse.
        var text = $"{{\"report\":\"{ledger.NewHex(16)}\",\"busyForMs\":{busyMs}}}\n";
        ledger.Disk.CreateDirectory(Path.GetDirectoryName(path)!);
        ledger.Disk.Replace(path, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>One look at the file; the tolerance is what "busy" adds to the watchdog.</summary>
    public static Look Read(LedgerContext ledger, string path)
    {
        try
        {
            if (ledger.Disk.Look(path) is not { IsRegularFile: true } entry) return new Look(LookResult.Absent);
            var bytes = ledger.Disk.ReadAll(path, MaxBytes) ?? [];
            var print = LivenessObserver.Fingerprint(bytes) ^ (ulong)entry.Modified.UtcTicks;
            return new Look(LookResult.Seen, print == 0 ? 1 : print, BusyFor(bytes));
        }
        catch (LedgerStorageException)
        {
            return new Look(LookResult.Failed);
        }
    }

    private static long BusyFor(byte[] bytes)
    {
        try
        {
            return JsonFields.Parse(bytes).OptionalDuration("busyForMs") ?? 0;
        }
        catch (FormatException)
        {
            return 0; // touched, or written by something else: progress, and nothing more
        }
    }
}
