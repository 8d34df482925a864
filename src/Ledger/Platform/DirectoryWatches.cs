using System.Buffers.Binary;
using System.Text;

namespace Ledger.Platform;

/// <summary>The directories <see cref="KernelEvents"/> watches, through one inotify descriptor.</summary>
internal sealed class DirectoryWatches(int inotify, Action<Action> runSafely, TimeProvider time)
{
    private const uint Mask = Libc.InModify | Libc.InCreate | Libc.InMovedTo | Libc.InDeleteSelf | Libc.InMoveSelf
        | Libc.InOnlyDirectory;

    // Batches that follow each other this closely are a flood; then one is read per pause. In one that lasts, every
    // reader's being woken for each would take the time of those who write.
    private static readonly TimeSpan FloodInterval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongPause = TimeSpan.FromMilliseconds(4);
    private const int LongFlood = 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, DirectoryWatch[]> _watches = [];
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly HashSet<(int Watch, string? Name)> _batch = [];
    private long _lastBatch;
    private TimeSpan _pause;
    private TimeSpan _gathering;
    private int _closeBatches;

    public int Descriptor => inotify;

    /// <summary>How many milliseconds longer changes are left to gather in the kernel, where like ones become one; usually
    /// 0.</summary>
    public int PauseLeftMs => _pause == TimeSpan.Zero
        ? 0 : (int)Math.Ceiling(Math.Max(0, (_pause - time.GetElapsedTime(_lastBatch)).TotalMilliseconds));

    public IDisposable? Add(string path, Action<string?> onChange)
    {
        // Under the lock, so that the first event finds its watch.
        lock (_gate)
        {
            var number = Libc.AddWatch(inotify, path, Mask);
            if (number < 0) return null;
            var watch = new DirectoryWatch(this, number, onChange);
            _watches[number] = [.. _watches.GetValueOrDefault(number, []), watch];
            return watch;
        }
    }

    public void Remove(DirectoryWatch watch)
    {
        lock (_gate)
        {
            if (!_watches.TryGetValue(watch.Number, out var all) || !all.Contains(watch)) return;
            DirectoryWatch[] rest = [.. all.Where(other => other != watch)];
            if (rest.Length > 0)
            {
                _watches[watch.Number] = rest;
                return;
            }

            _watches.Remove(watch.Number);
            Libc.RemoveWatch(inotify, watch.Number);
        }
    }

    /// <inheritdoc cref="IDirectoryEvents.Gather"/>
    public void Gather(TimeSpan time) => _gathering = time > _gathering ? time : _gathering;

    /// <summary>Reads what has gathered and tells it. Called by the kernel thread.</summary>
    public void ReadBatch()
    {
        var count = Libc.ReadDescriptor(inotify, _buffer);
        if (count <= 0) return;
        _batch.Clear();
        var rest = _buffer.AsSpan(0, count);
        while (!rest.IsEmpty) rest = rest[HandleEvent(rest)..];
        _closeBatches = time.GetElapsedTime(_lastBatch) < _pause + FloodInterval ? _closeBatches + 1 : 0;
        _pause = _closeBatches switch { 0 => TimeSpan.Zero, < LongFlood => Pause, _ => LongPause };
        if (_gathering > _pause) _pause = _gathering;
        _gathering = TimeSpan.Zero;
        _lastBatch = time.GetTimestamp();
    }

    public void Close()
    {
        lock (_gate) _watches.Clear();
        Libc.CloseDescriptor(inotify);
    }

    private int HandleEvent(ReadOnlySpan<byte> source)
    {
        const int header = 16;
        var number = BinaryPrimitives.ReadInt32LittleEndian(source);
        var mask = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        var length = BinaryPrimitives.ReadInt32LittleEndian(source[12..]);
        if ((mask & Libc.InOverflow) != 0)
        {
            foreach (var each in Numbers()) Tell(each, null, forget: false);
            return header + length;
        }

        const uint wholeDirectory = Libc.InIgnored | Libc.InDeleteSelf | Libc.InMoveSelf | Libc.InUnmount;
        var name = (mask & wholeDirectory) != 0 ? null : Name(source.Slice(header, length));
        Tell(number, name, forget: (mask & Libc.InIgnored) != 0);
        return header + length;
    }

    private void Tell(int number, string? name, bool forget)
    {
        DirectoryWatch[]? all;
        lock (_gate)
        {
            if (!_watches.TryGetValue(number, out all)) return;
            if (forget) _watches.Remove(number);
        }

        if (!_batch.Add((number, name))) return;
        foreach (var watch in all) runSafely(() => watch.OnChange(name));
    }

    private int[] Numbers()
    {
        lock (_gate) return [.. _watches.Keys];
    }

    private static string Name(ReadOnlySpan<byte> padded)
    {
        var end = padded.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? padded : padded[..end]);
    }
}

/// <summary>One watch on a directory. Several on the same one share a number of the kernel's.</summary>
internal sealed class DirectoryWatch(DirectoryWatches owner, int number, Action<string?> onChange) : IDisposable
{
    public int Number => number;

    public Action<string?> OnChange => onChange;

    public void Dispose() => owner.Remove(this);
}
