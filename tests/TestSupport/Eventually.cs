namespace Ledger.TestSupport;

/// <summary>Waits for what nothing announces, with a bound.</summary>
public static class Eventually
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>Fails after the bound, with the evidence there is by then.</summary>
    public static async Task True(Func<bool> condition, string what, TimeSpan? bound = null, Func<object?>? evidence = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) >= (bound ?? Bound)) Assert.Fail($"Never came: {what}\n{evidence?.Invoke()}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
