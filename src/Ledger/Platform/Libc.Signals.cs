using System.Runtime.InteropServices;

namespace Ledger.Platform;

/// <summary>Native calls about what signals do to this process, and to those of its group.</summary>
internal static unsafe partial class Libc
{
    internal static bool IsIgnored(int signal)
    {
        // The handler is the first field of struct sigaction everywhere; SIG_IGN is 1.
        nint* action = stackalloc nint[64];
        return NativeSigaction(signal, null, action) == 0 && action[0] == 1;
    }

    /// <summary>Signals all others of the own process group. One that comes to this process in the same moment is lost.</summary>
    internal static void SignalRestOfGroup(int signal)
    {
        const int ignore = 1;
        nint* former = stackalloc nint[64];
        nint* meanwhile = stackalloc nint[64];
        new Span<nint>(meanwhile, 64).Clear();
        meanwhile[0] = ignore;
        if (NativeSigaction(signal, meanwhile, former) != 0) return;
        _ = NativeKill(0, signal);
        _ = NativeSigaction(signal, former, null);
    }

    internal static void SetDefault(int signal) => _ = NativeSignal(signal, 0);

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int NativeSigaction(int signal, nint* action, nint* before);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint NativeSignal(int signal, nint handler);
}
