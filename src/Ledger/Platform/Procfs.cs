using System.Globalization;
using System.Text;

namespace Ledger.Platform;

/// <summary>Reads files below /proc whole.</summary>
internal static class Procfs
{
    private const int LimitBytes = 4 * 1024 * 1024;

    /// <summary>The file's bytes as Latin-1, or null when it is not there, not ours to read, or too large.</summary>
    public static string? Read(string path)
    {
        try
        {
            // Without sharing restrictions .NET takes no advisory lock.
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return ReadWhole(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What a link says, or "" when it cannot be read.</summary>
    public static string ReadLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget ?? "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Ids of the processes that can be seen, in no order.</summary>
    public static IEnumerable<int> Pids()
    {
        if (!Directory.Exists("/proc/self")) yield break;
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(path.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
                yield return pid;
        }
    }

    /// <summary>A process's name, at most 15 characters; "" when it cannot be read.</summary>
    public static string Name(int pid) => Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/comm"))?.Trim() ?? "";

    /// <summary>What a process's descriptors lead to; nothing when it may not be looked at.</summary>
    public static IReadOnlyList<string> Descriptors(int pid)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Select(ReadLink)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? ReadWhole(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        var buffer = new byte[2048];
        var length = 0;
        while (true)
        {
            var count = RandomAccess.Read(file, buffer.AsSpan(length), length);
            if (count == 0) return Encoding.Latin1.GetString(buffer, 0, length);
            length += count;
            if (length > LimitBytes) return null;
            if (length == buffer.Length) Array.Resize(ref buffer, length * 2);
        }
    }
}
