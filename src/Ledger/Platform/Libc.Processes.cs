using System.Runtime.InteropServices;

namespace Ledger.Platform;

/// <summary>Native calls about processes, terminals and kernel events. Linux x86-64 and arm64. On macOS everything works
/// but <see cref="OpenPidfd"/>, inotify and <see cref="CreateWake"/>, which answer -1; what needs /proc is elsewhere.
/// Calls interrupted by a signal are made again.</summary>
internal static unsafe partial class Libc
{
    internal const int NotPermitted = 1;
    internal const int NoEntry = 2;
    internal const int NoSuchProcess = 3;
    internal const int NotADirectory = 20;

    internal const uint InModify = 0x2;
    internal const uint InMovedTo = 0x80;
    internal const uint InCreate = 0x100;
    internal const uint InDeleteSelf = 0x400;
    internal const uint InMoveSelf = 0x800;
    internal const uint InUnmount = 0x2000;
    internal const uint InOverflow = 0x4000;
    internal const uint InIgnored = 0x8000;
    internal const uint InOnlyDirectory = 0x0100_0000;

    internal const short PollIn = 1;

    private const int InterruptedCall = 4;
    private const int SigsetBytes = 128;

    // glibc and musl need 336 bytes for attributes and 80 for actions, macOS a pointer each.
    private const int SpawnStructBytes = 512;

    private static bool IsMac => OperatingSystem.IsMacOS();

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary>0, or the error number. Signal 0 only asks whether the process exists.</summary>
    internal static int Kill(int pid, int signal) => NativeKill(pid, signal) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Signals the calling thread: a stop takes effect before this returns, which <see cref="Kill"/> of the own
    /// process does not promise.</summary>
    internal static void Raise(int signal) => _ = NativeRaise(signal);

    internal static int OwnProcessGroup() => NativeGetpgrp();

    internal static uint OwnEffectiveUser() => NativeGeteuid();

    /// <summary>True if this process may execute the file; else the error number says why not.</summary>
    internal static bool MayExecute(string path, out int error)
    {
        var may = NativeAccess(path, 1) == 0;
        error = may ? 0 : Marshal.GetLastPInvokeError();
        return may;
    }

    /// <summary>Waits until the child stops, continues or ends, which reaps it. False when it is no child (any more).</summary>
    internal static bool WaitForChange(int pid, out int status)
    {
        const int untraced = 2;
        var continued = IsMac ? 0x10 : 8;
        int raw = 0;
        int answer;
        do answer = NativeWaitpid(pid, &raw, untraced | continued);
        while (WasInterrupted(answer));
        status = raw;
        return answer == pid;
    }

    /// <summary>Waits until the child ends, and reaps it.</summary>
    internal static void Reap(int pid)
    {
        int status;
        while (WasInterrupted(NativeWaitpid(pid, &status, 0)))
        {
        }
    }

    /// <summary>A pipe that no program started later inherits. 0, or the error number.</summary>
    internal static int CreatePipe(out int readEnd, out int writeEnd)
    {
        const int closeOnExec = 0x80000;
        const uint macCloseOnExec = 0x20006601;
        int* ends = stackalloc int[2];
        var failed = (IsMac ? NativePipe(ends) : NativePipe2(ends, closeOnExec)) != 0;
        var error = failed ? Marshal.GetLastPInvokeError() : 0;
        (readEnd, writeEnd) = failed ? (-1, -1) : (ends[0], ends[1]);
        if (!failed && IsMac)
        {
            _ = NativeIoctl(readEnd, macCloseOnExec);
            _ = NativeIoctl(writeEnd, macCloseOnExec);
        }

        return error;
    }

    internal static void CloseDescriptor(int descriptor) => _ = NativeCloseDescriptor(descriptor);

    /// <summary>Bytes read, 0 at the end, or -1.</summary>
    internal static int ReadDescriptor(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint answer;
            do answer = NativeReadDescriptor(descriptor, start, (nuint)buffer.Length);
            while (WasInterrupted(answer));
            return (int)answer;
        }
    }

    /// <summary>True when all was written.</summary>
    internal static bool WriteDescriptor(int descriptor, ReadOnlySpan<byte> content)
    {
        fixed (byte* start = content)
        {
            nint answer;
            do answer = NativeWriteDescriptor(descriptor, start, (nuint)content.Length);
            while (WasInterrupted(answer));
            return answer == content.Length;
        }
    }

    /// <summary>A descriptor that becomes readable when the process has exited, or -1 and the error number.</summary>
    internal static int OpenPidfd(int pid, out int error)
    {
        const nint pidfdOpen = 434;
        var descriptor = OperatingSystem.IsLinux() ? (int)NativeSyscall(pidfdOpen, pid, 0) : -1;
        error = descriptor >= 0 ? 0 : Marshal.GetLastPInvokeError();
        return descriptor;
    }

    /// <summary>An eventfd to wake a thread in <see cref="Poll"/>, or -1.</summary>
    internal static int CreateWake() => OperatingSystem.IsLinux() ? NativeEventfd(0, 0x80800) : -1;

    internal static int CreateInotify() => OperatingSystem.IsLinux() ? NativeInotifyInit1(0x80800) : -1;

    internal static int AddWatch(int inotify, string path, uint mask) => NativeInotifyAddWatch(inotify, path, mask);

    internal static void RemoveWatch(int inotify, int watch) => _ = NativeInotifyRmWatch(inotify, watch);

    /// <summary>How many descriptors are ready; 0 after the time-out (-1: none) or an interruption; -1 on failure.</summary>
    internal static int Poll(Span<PollDescriptor> descriptors, int timeoutMs)
    {
        fixed (PollDescriptor* start = descriptors)
        {
            var ready = NativePoll(start, (nuint)descriptors.Length, timeoutMs);
            return WasInterrupted(ready) ? 0 : ready;
        }
    }

    /// <summary>Starts a program. 0, or the error number; when it is 0 the program has begun to run, in its group.</summary>
    internal static int Spawn(SpawnRequest request, out int pid)
    {
        byte* attributes = stackalloc byte[SpawnStructBytes];
        byte* actions = stackalloc byte[SpawnStructBytes];
        _ = NativeSpawnattrInit(attributes);
        _ = NativeFileActionsInit(actions);
        try
        {
            var error = SetAttributes(attributes, request);
            if (error == 0) error = AddActions(actions, request);
            pid = 0;
            if (error != 0) return error;
            using var arguments = new NativeStrings(request.Arguments);
            using var environment = new NativeStrings(request.Environment);
            int started = 0;
            error = NativeSpawn(&started, request.Arguments[0], actions, attributes, arguments.Start, environment.Start);
            pid = started;
            return error;
        }
        finally
        {
            _ = NativeFileActionsDestroy(actions);
            _ = NativeSpawnattrDestroy(attributes);
        }
    }

    private static int SetAttributes(byte* attributes, SpawnRequest request)
    {
        const short group = 2, defaults = 4, mask = 8, macCloseOnExec = 0x4000;
        var session = IsMac ? 0x400 : 0x80;
        byte* signals = stackalloc byte[SigsetBytes];
        _ = NativeSigfillset(signals);
        _ = NativeSigdelset(signals, Signals.Kill);
        _ = NativeSigdelset(signals, Signals.Stop);
        if (IsIgnored(Signals.Hup)) _ = NativeSigdelset(signals, Signals.Hup);
        var error = NativeSpawnattrSetsigdefault(attributes, signals);

        _ = request.BlockSignals ? NativeSigfillset(signals) : NativeSigemptyset(signals);
        if (request.BlockSignals) _ = NativeSigdelset(signals, Signals.Child);
        if (error == 0) error = NativeSpawnattrSetsigmask(attributes, signals);
        if (error == 0) error = NativeSpawnattrSetpgroup(attributes, request.ProcessGroup);
        // The leader of a new session leads a new group already, and may not move to any.
        var flags = (request.NewSession ? session : group) | defaults | mask | (IsMac ? macCloseOnExec : 0);
        return error != 0 ? error : NativeSpawnattrSetflags(attributes, (short)flags);
    }

    private static int AddActions(byte* actions, SpawnRequest request)
    {
        var error = 0;
        foreach (var (from, to) in request.Duplicate)
            if (error == 0) error = NativeAdddup2(actions, from, to);
        if (error == 0 && request.NullInput) error = NativeAddopen(actions, 0, "/dev/null", 0, 0);
        foreach (var descriptor in request.NullOutput)
            if (error == 0) error = NativeAddopen(actions, descriptor, "/dev/null", 1, 0);
        if (IsMac) return error;
        foreach (var descriptor in request.Close)
            if (error == 0) error = NativeAddclose(actions, descriptor);
        return error;
    }

    private static bool WasInterrupted(nint answer) => answer < 0 && Marshal.GetLastPInvokeError() == InterruptedCall;

    /// <summary>A null-terminated array of UTF-8 strings in native memory.</summary>
    private readonly ref struct NativeStrings
    {
        private readonly int _count;

        public NativeStrings(IReadOnlyList<string> strings)
        {
            _count = strings.Count;
            Start = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*));
            for (var i = 0; i < _count; i++) Start[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        }

        public byte** Start { get; }

        public void Dispose()
        {
            for (var i = 0; i < _count; i++) Marshal.FreeCoTaskMem((nint)Start[i]);
            NativeMemory.Free(Start);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int NativeKill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "raise")]
    private static partial int NativeRaise(int signal);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    private static partial int NativeGetpgrp();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint NativeGeteuid();

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int NativeSigemptyset(byte* set);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static partial int NativeSigfillset(byte* set);

    [LibraryImport("libc", EntryPoint = "sigaddset")]
    private static partial int NativeSigaddset(byte* set, int signal);

    [LibraryImport("libc", EntryPoint = "sigdelset")]
    private static partial int NativeSigdelset(byte* set, int signal);

    [LibraryImport("libc", EntryPoint = "sigprocmask")]
    private static partial int NativeSigprocmask(int how, byte* set, byte* before);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeAccess(string path, int mode);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int NativeWaitpid(int pid, int* status, int options);

    [LibraryImport("libc", EntryPoint = "pipe", SetLastError = true)]
    private static partial int NativePipe(int* ends);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int NativePipe2(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int NativeIoctl(int descriptor, nuint request);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int NativeCloseDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint NativeReadDescriptor(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint NativeWriteDescriptor(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint NativeSyscall(nint number, nint first, nint second);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int NativeEventfd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int NativeInotifyInit1(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeInotifyAddWatch(int inotify, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch")]
    private static partial int NativeInotifyRmWatch(int inotify, int watch);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int NativePoll(PollDescriptor* descriptors, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeSpawn(
        int* pid, string path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int NativeSpawnattrInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int NativeSpawnattrDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int NativeSpawnattrSetflags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setpgroup")]
    private static partial int NativeSpawnattrSetpgroup(byte* attributes, int group);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int NativeSpawnattrSetsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int NativeSpawnattrSetsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int NativeFileActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int NativeFileActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int NativeAdddup2(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclose")]
    private static partial int NativeAddclose(byte* actions, int descriptor);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeAddopen(byte* actions, int descriptor, string path, int flags, uint mode);
}
