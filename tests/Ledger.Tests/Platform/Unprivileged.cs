using System.Runtime.InteropServices;

namespace Ledger.Tests.Platform;

/// <summary>Takes root's way past file permissions from the calling thread, so that a test about permissions means the same
/// for every user. Without effect for others.</summary>
internal static partial class Unprivileged
{
    private const uint Nobody = 65534;

    public static IDisposable OnThisThread() => new Scope(SetFileUser(Nobody));

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial uint SetFileUser(uint user);

    private sealed class Scope(uint before) : IDisposable
    {
        public void Dispose() => _ = SetFileUser(before);
    }
}
