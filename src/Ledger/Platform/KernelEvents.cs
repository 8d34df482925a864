using System.Collections.Concurrent;
using Ledger.Model;

namespace Ledger.Platform;

/// <summary>Tells at once when processes exit and directories change: one thread, blocked in poll(2) over any number of
/// processes and directories, without any cost while nothing happens. Thread-safe. Linux only.
/// <para>Callbacks run on that thread and must be cheap. What they throw goes to <c>onError</c>; nothing ends the thread
/// but <see cref="Dispose"/>.</para></summary>
internal sealed class KernelEvents : IDirectoryEvents, IDisposable
{
    private static readonly TimeSpan JoinBound = TimeSpan.FromSeconds(5);
    private const int PauseAfterFailureMs = 100;

    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Lock _gate = new();
    private readonly Action<Exception> _onError;
    private readonly int _wake;
    private readonly DirectoryWatches _directories;
    private readonly ProcessWatches _processes;
    private readonly Thread _thread;
    private int _lostErrors;
    private bool _disposed;
    private bool _closed;

    private KernelEvents(int wake, int inotify, Action<Exception> onError, TimeProvider time)
    {
        _wake = wake;
        _onError = onError;
        _directories = new DirectoryWatches(inotify, RunSafely, time);
        _processes = new ProcessWatches(Post, RunSafely);
        _thread = new Thread(Loop, 256 * 1024) { IsBackground = true, Name = "Ledger kernel events" };
    }

    /// <summary>Errors that <c>onError</c> itself threw at.</summary>
    public int LostErrors => Volatile.Read(ref _lostErrors);

    /// <summary>Starts the thread. Null where the system has no such events, or has run out of them (128 inotify
    /// instances per user): callers poll then.</summary>
    public static KernelEvents? TryCreate(Action<Exception> onError, TimeProvider time)
    {
        var wake = Libc.CreateWake();
        if (wake < 0) return null;
        var inotify = Libc.CreateInotify();
        if (inotify < 0)
        {
            Libc.CloseDescriptor(wake);
            return null;
        }

        var events = new KernelEvents(wake, inotify, onError, time);
        events._thread.Start();
        return events;
    }

    /// <summary>Calls once, soon after the process has exited; at once if it is gone. The process must be one of this boot
    /// and pid namespace. Null when it cannot be watched. A call under way when the watch is disposed still
    /// ends.</summary>
    public IDisposable? WatchProcess(ProcessIdentity process, Action onExit)
    {
        lock (_gate) return _disposed ? null : _processes.Add(process, onExit);
    }

    /// <inheritdoc/>
    public IDisposable? WatchDirectory(string path, Action<string?> onChange)
    {
        lock (_gate) return _disposed ? null : _directories.Add(path, onChange);
    }

    /// <inheritdoc/>
    public void Gather(TimeSpan time) => _directories.Gather(time);

    /// <summary>Ends the thread, within 5 s unless a callback hangs. Nothing is told afterwards.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            Wake();
        }

        if (Thread.CurrentThread != _thread) _thread.Join(JoinBound);
    }

    private void Post(Action action)
    {
        _posted.Enqueue(action);
        Wake();
    }

    private void Wake()
    {
        // Once the thread has closed the descriptor, its number may be somebody else's.
        lock (_gate)
        {
            if (!_closed) Libc.WriteDescriptor(_wake, BitConverter.GetBytes(1UL));
        }
    }

    private void Loop()
    {
        var descriptors = Array.Empty<Libc.PollDescriptor>();
        while (!Volatile.Read(ref _disposed)) RunSafely(() => Turn(ref descriptors));

        lock (_gate)
        {
            _processes.CloseAll();
            _directories.Close();
            Libc.CloseDescriptor(_wake);
            _closed = true;
        }
    }

    private void Turn(ref Libc.PollDescriptor[] descriptors)
    {
        const int own = 2;
        while (_posted.TryDequeue(out var action)) RunSafely(action);
        var watched = _processes.Current();
        if (descriptors.Length != watched.Length + own) descriptors = new Libc.PollDescriptor[watched.Length + own];
        var pauseMs = _directories.PauseLeftMs;
        descriptors[0] = new() { Descriptor = _wake, Events = Libc.PollIn };
        // poll skips negative descriptors: changes gather in the kernel while exits are still told at once.
        descriptors[1] = new() { Descriptor = pauseMs > 0 ? -1 : _directories.Descriptor, Events = Libc.PollIn };
        for (var i = 0; i < watched.Length; i++)
            descriptors[own + i] = new() { Descriptor = watched[i].Descriptor, Events = Libc.PollIn };

        var ready = Libc.Poll(descriptors, pauseMs > 0 ? pauseMs : -1);
        if (ready < 0)
        {
            _ = Libc.Poll([], PauseAfterFailureMs);
            throw new LedgerException("Waiting for kernel events failed; processes and directories are polled meanwhile.");
        }

        if (ready == 0) return;
        if (descriptors[0].Returned != 0) _ = Libc.ReadDescriptor(_wake, stackalloc byte[8]);
        for (var i = 0; i < watched.Length; i++)
            if (descriptors[own + i].Returned != 0) _processes.HasExited(watched[i]);
        if (descriptors[1].Returned != 0) _directories.ReadBatch();
    }

    private void RunSafely(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error)
        {
            Report(error);
        }
    }

    private void Report(Exception error)
    {
        try
        {
            _onError(error);
        }
        catch (Exception)
        {
            // There is nobody left to tell, and the thread must go on.
            Interlocked.Increment(ref _lostErrors);
        }
    }
}
