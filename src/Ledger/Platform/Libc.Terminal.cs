using System.Runtime.InteropServices;

namespace Ledger.Platform;

/// <summary>Native calls about the terminal.</summary>
internal static unsafe partial class Libc
{
    internal static bool IsTerminal(int descriptor) => NativeIsatty(descriptor) == 1;

    /// <summary>The terminal's foreground group, or -1.</summary>
    internal static int ForegroundGroup(int descriptor) => NativeTcgetpgrp(descriptor);

    /// <summary>Makes a group the terminal's foreground one, also from the background. 0, or the error number.</summary>
    internal static int SetForegroundGroup(int descriptor, int group)
    {
        // SIGTTOU would stop a background process that does this, unless this thread blocks it. sigprocmask acts on the
        // calling thread here; pthread_sigmask is not in the C library proper before glibc 2.32.
        byte* block = stackalloc byte[SigsetBytes];
        byte* before = stackalloc byte[SigsetBytes];
        _ = NativeSigemptyset(block);
        _ = NativeSigaddset(block, Signals.TtyOutput);
        _ = NativeSigprocmask(IsMac ? 1 : 0, block, before);
        int answer;
        do answer = NativeTcsetpgrp(descriptor, group);
        while (WasInterrupted(answer));
        var error = answer == 0 ? 0 : Marshal.GetLastPInvokeError();
        _ = NativeSigprocmask(IsMac ? 3 : 2, before, null);
        return error;
    }

    /// <summary>Does something while standard input is empty instead of what it is, which must be open. Nothing else of this
    /// process may read it meanwhile.</summary>
    internal static void WithoutInput(Action action)
    {
        const int standardInput = 0;
        var kept = NativeDup(standardInput);
        if (kept < 0) return;
        using (var nothing = Open("/dev/null", 0, 0, out _))
        {
            if (nothing is not null) _ = NativeDup2((int)nothing.DangerousGetHandle(), standardInput);
        }

        try
        {
            action();
        }
        finally
        {
            _ = NativeDup2(kept, standardInput);
            CloseDescriptor(kept);
        }
    }

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int NativeIsatty(int descriptor);

    [LibraryImport("libc", EntryPoint = "tcgetpgrp")]
    private static partial int NativeTcgetpgrp(int descriptor);

    [LibraryImport("libc", EntryPoint = "tcsetpgrp", SetLastError = true)]
    private static partial int NativeTcsetpgrp(int descriptor, int group);

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int NativeDup(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int NativeDup2(int from, int to);
}
