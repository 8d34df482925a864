using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ledger.TestSupport;

/// <summary>One mount of a <see cref="NetworkDrive"/>, as another machine would have it: it can freeze, get lost and come
/// back, apart from the other one.</summary>
public sealed partial class DriveMount : IDisposable
{
    private const int Stop = 19, Continue = 18;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    private readonly Func<string, Process> _mount;
    private Process? _process;

    internal DriveMount(string path, Func<string, Process> mount) => (Path, _mount) = (path, mount);

    public string Path { get; }

    /// <summary>Mounts it, at first and again after it was lost.</summary>
    public void Mount()
    {
        _process = _mount(Path);
        Wait(() => IsMounted || _process.HasExited);
        Assert.True(IsMounted, $"{Path} was not mounted: sshfs {(_process.HasExited ? "ended; its words are in the output" : "hangs")}");
    }

    /// <summary>Stops the process that serves the mount: whoever touches it waits.</summary>
    public void Freeze() => Assert.Equal(0, Kill(_process!.Id, Stop));

    /// <summary>It goes on; what waited is served.</summary>
    public void Thaw() => Assert.Equal(0, Kill(_process!.Id, Continue));

    /// <summary>Frozen until it is disposed of.</summary>
    public IDisposable Frozen()
    {
        Freeze();
        return new Thawing(this);
    }

    /// <summary>Kills the process that serves the mount: everything answers ENOTCONN.</summary>
    public void Lose()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>Removes a lost mount: its path is an empty local directory.</summary>
    public void Unmount()
    {
        using var unmount = NetworkDrive.Start("/usr/bin/fusermount3", input: false, "-u", "-z", Path);
        unmount.WaitForExit();
        Assert.False(IsMounted, $"{Path} is still mounted");
    }

    public void Dispose()
    {
        if (_process is null) return;
        _process.WaitForExit(NetworkDrive.Bound);
        _process.Dispose();
    }

    private bool IsMounted => File.ReadLines("/proc/self/mounts").Any(line => line.Split(' ')[1] == Path);

    internal static void Wait(Func<bool> isThere)
    {
        using var bound = new CancellationTokenSource(NetworkDrive.Bound);
        while (!isThere() && !bound.IsCancellationRequested) bound.Token.WaitHandle.WaitOne(LookEvery);
    }

    private sealed class Thawing(DriveMount mount) : IDisposable
    {
        public void Dispose() => mount.Thaw();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
