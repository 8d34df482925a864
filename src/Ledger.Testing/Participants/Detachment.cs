using System.Threading.Tasks.Sources;

namespace Ledger.Testing;

/// <summary>Goes on with whoever awaits it at once, on the same thread, but out of the synchronization context and the task
/// scheduler it runs in: test frameworks have some that send what follows an <c>await</c> to other threads.</summary>
internal sealed class Detachment<T>(Task<T> ended) : IValueTaskSource<T>
{
    /// <summary>True when what follows an await follows at once, wherever it is.</summary>
    public static bool IsNeeded => SynchronizationContext.Current is not null || TaskScheduler.Current != TaskScheduler.Default;

    public T GetResult(short token) => ended.GetAwaiter().GetResult();

    public ValueTaskSourceStatus GetStatus(short token) => ValueTaskSourceStatus.Pending;

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        Detachment.Run(() => continuation(state));
}

/// <summary>Runs code on the calling thread as if nothing surrounded it.</summary>
internal static class Detachment
{
    public static void Run(Action action)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var task = new Task(action, CancellationToken.None, TaskCreationOptions.None);
            task.RunSynchronously(TaskScheduler.Default);
            task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
