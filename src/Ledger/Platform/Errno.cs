using System.Runtime.InteropServices;
using Ledger.Model;

namespace Ledger.Platform;

/// <summary>Linux error numbers, and what they mean in words.</summary>
internal static class Errno
{
    public const int NotPermitted = 1, NoEntry = 2, Interrupted = 4, InputOutput = 5, NoDevice = 6, AccessDenied = 13,
        Exists = 17, NotDirectory = 20, IsDirectory = 21, Invalid = 22, TooBig = 27, NoSpace = 28, ReadOnlySystem = 30,
        TooManyLinks = 31, NotImplemented = 38, NotEmpty = 39, Loop = 40, NotSupported = 95, Stale = 116, Quota = 122;

    /// <summary>The system itself said that there is no such name.</summary>
    public static bool IsAbsent(int errno) => errno is NoEntry or NotDirectory;

    /// <summary>A failed write with this error wrote nothing, for certain. An input/output error is not among them: the
    /// data may still reach the disk.</summary>
    public static bool IsRefusal(int errno) =>
        errno is NoSpace or Quota or ReadOnlySystem or TooBig or AccessDenied or NotPermitted;

    public static LedgerStorageException Failure(string action, string path, int errno) =>
        new(path, $"{action}: {Describe(errno)}") { Errno = errno };

    public static string Describe(int errno)
    {
        if (errno == Loop) return "a symbolic link is in its place, and the ledger does not follow links";
        var words = Marshal.GetPInvokeErrorMessage(errno);
        return words.Length == 0 ? $"error {errno}" : char.ToLowerInvariant(words[0]) + words[1..];
    }
}
