namespace Ledger.CrashTests.Run;

/// <summary>Waits for what nothing announces, with a bound.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public static Task True(Func<bool> condition, string what, TimeSpan? bound = null) => True(condition, () => what, bound);

    /// <param name="what">What did not come, as it looks at the end.</param>
    public static async Task True(Func<bool> condition, Func<string> what, TimeSpan? bound = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < (bound ?? Bound), $"Never came: {what()}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
