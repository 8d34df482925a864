namespace Ledger.Tests.Platform;

/// <summary>Runs a thing on several threads that start together.</summary>
internal static class Race
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public static T[] Run<T>(int racers, Func<int, T> step)
    {
        var results = new T[racers];
        var failures = new Exception?[racers];
        using var start = new Barrier(racers);
        var threads = Enumerable.Range(0, racers).Select(i => new Thread(() =>
        {
            try
            {
                start.SignalAndWait();
                results[i] = step(i);
            }
            catch (Exception e)
            {
                failures[i] = e;
            }
        })
        { IsBackground = true }).ToList();
        threads.ForEach(thread => thread.Start());
        Assert.True(threads.All(thread => thread.Join(Bound)), "a racer did not come to an end");
        if (failures.FirstOrDefault(failure => failure is not null) is { } first) throw new AggregateException(first);
        return results;
    }
}
