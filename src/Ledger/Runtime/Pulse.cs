namespace Ledger.Runtime;

/// <summary>Wakes those who wait for the next change. A change before the wait began is not missed: take the task first,
/// look, then await it.</summary>
internal sealed class Pulse(bool inline)
{
    private Promise<bool>? next;

    /// <summary>Completes at the next <see cref="Fire"/>.</summary>
    public Task Next
    {
        get
        {
            while (true)
            {
                var present = Volatile.Read(ref next);
                if (present is not null) return present.Task;
                var made = new Promise<bool>(inline);
                if (Interlocked.CompareExchange(ref next, made, null) is null) return made.Task;
            }
        }
    }

    public void Fire() => Interlocked.Exchange(ref next, null)?.TryKeep(true);

    /// <summary>Continuations run on other threads; under a stepped clock at once, so that a test stays on one
    /// thread.</summary>
    public static TaskCreationOptions Flags(bool inline) =>
        inline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously;
}
