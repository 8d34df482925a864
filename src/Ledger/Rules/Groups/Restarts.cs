using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>The restart policy as formulas.</summary>
internal static class Restarts
{
    /// <summary>The wait before restart number <paramref name="attempt"/> (from 1), in milliseconds; null: no further
    /// restart, it is dead.</summary>
    public static long? BackoffMs(RestartPolicy policy, int attempt)
    {
        if (attempt > policy.MaxAttempts) return null;
        var waits = policy.BackoffIntervalsMs;
        return waits.IsEmpty ? 0 : waits[Math.Min(attempt, waits.Length) - 1];
    }

    /// <summary>Whether it ran long enough to count its restarts anew.</summary>
    public static bool IsHealthy(RestartPolicy policy, long runningForMs) => runningForMs >= policy.ResetAfterMs;

    /// <summary>What is wrong with a policy, or null.</summary>
    public static string? Fault(RestartPolicy policy)
    {
        if (policy.MaxAttempts < 0) return "a negative number of restarts";
        if (policy.BackoffIntervalsMs.Length > GroupLimits.Backoffs) return $"more than {GroupLimits.Backoffs} waits";
        return policy.BackoffIntervalsMs.Any(ms => ms < 0) || policy.ResetAfterMs < 0 ? "a negative wait" : null;
    }
}
