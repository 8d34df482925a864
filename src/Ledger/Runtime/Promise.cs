namespace Ledger.Runtime;

/// <summary>A value that comes once, for as many as wait for it. Continuations run on other threads; under a stepped clock at
/// once, so that a test stays on one thread. There each who waits has a task of its own: of several that await one task, the
/// runtime lets one go on at once and sends the others to the thread pool.</summary>
internal sealed class Promise<T>(bool inline)
{
    private readonly TaskCompletionSource<T> first = new(Pulse.Flags(inline));
    private readonly List<TaskCompletionSource<T>> others = [];
    private bool isAsked;

    /// <summary>Completes with the value; for one who waits.</summary>
    public Task<T> Task
    {
        get
        {
            if (!inline || first.Task.IsCompleted) return first.Task;
            lock (others)
            {
                if (!isAsked || first.Task.IsCompleted)
                {
                    isAsked = true;
                    return first.Task;
                }
                var other = new TaskCompletionSource<T>();
                others.Add(other);
                return other.Task;
            }
        }
    }

    /// <summary>False when it was kept, or broken, before.</summary>
    public bool TryKeep(T value)
    {
        if (!first.TrySetResult(value)) return false;
        foreach (var other in Others()) other.SetResult(value);
        return true;
    }

    /// <summary>It will not come. Nobody has to wait for it.</summary>
    public void TryBreak(Exception why)
    {
        if (!first.TrySetException(why)) return;
        _ = first.Task.Exception;
        foreach (var other in Others())
        {
            other.SetException(why);
            _ = other.Task.Exception;
        }
    }

    private List<TaskCompletionSource<T>> Others()
    {
        lock (others) return [.. others];
    }
}
