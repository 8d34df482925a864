using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>Who depends on whom, and what follows from it after each entry: without an entry of its own, because everyone
/// can see it in the state.</summary>
internal static class Dependencies
{
    /// <summary>Why these dependencies cannot be: an unknown one, or a cycle, by name.</summary>
    public static string? Fault(GroupState s, string id, IEnumerable<string> dependencies)
    {
        foreach (var d in dependencies)
        {
            if (Same(d, id)) return $"{GroupReasons.DependencyCycle}: {id} -> {id}";
            if (!s.Supervisors.ContainsKey(d)) return $"{GroupReasons.UnknownDependency}: {d}";
            if (Path(s, d, id, []) is { } path) return $"{GroupReasons.DependencyCycle}: {id} -> {string.Join(" -> ", path)}";
        }
        return null;
    }

    /// <summary>What it waits for: dependencies that are gone, do not run, or are about to stop.</summary>
    public static IReadOnlyList<string> Awaited(GroupState s, SupervisorEntry x) =>
        [.. x.Settings.Dependencies.Where(
            d => s.Supervisors.GetValueOrDefault(d) is not { Status: SupervisorStatus.Running, StopWanted: false })];

    /// <summary>Who depends on it directly.</summary>
    public static IEnumerable<SupervisorEntry> Dependants(GroupState s, string id) =>
        s.Supervisors.Values.Where(x => x.Settings.Dependencies.Any(d => Same(d, id)));

    /// <summary>It and all that depend on it, at any distance.</summary>
    public static HashSet<string> WithDependants(GroupState s, string id)
    {
        var all = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { id };
        var open = new Queue<string>([id]);
        while (open.TryDequeue(out var next))
        {
            foreach (var x in Dependants(s, next).Where(x => all.Add(x.SupervisorId))) open.Enqueue(x.SupervisorId);
        }
        return all;
    }

    /// <summary>Takes every supervisor as far as the state says, until nothing moves any more.</summary>
    public static void Settle(GroupTransition t)
    {
        // Each step leads towards an end, so this ends.
        while (t.State.Supervisors.Values.FirstOrDefault(x => Move(t, x)) is not null) { }
    }

    private static bool Move(GroupTransition t, SupervisorEntry x)
    {
        if (x.StopWanted) return MayStop(t.State, x) && t.Step(x, SupervisorEvent.Stop, "stop requested") is null;
        if (x.Status == SupervisorStatus.Failed) return AfterFailure(t, x);
        if (x.Status is not (SupervisorStatus.Registered or SupervisorStatus.WaitingForDependencies or SupervisorStatus.RestartScheduled))
            return false;
        var dead = x.Settings.Dependencies.Select(d => t.State.Supervisors.GetValueOrDefault(d))
            .FirstOrDefault(d => d is { Status: SupervisorStatus.Dead });
        if (dead is not null)
            return t.Step(x, SupervisorEvent.GiveUp, $"its dependency {dead.SupervisorId} is dead") is null;
        var awaited = Awaited(t.State, x);
        if (awaited.Count == 0)
            return !x.Settings.Restartable && t.State.IsPresent(x.Incarnation) && t.Step(x, SupervisorEvent.Run, null) is null;
        return x.Status == SupervisorStatus.Registered
            && t.Step(x, SupervisorEvent.Wait, $"waits for {string.Join(", ", awaited)}") is null;
    }

    /// <summary>Its next restart is scheduled at once: the wait counts from the failure.</summary>
    private static bool AfterFailure(GroupTransition t, SupervisorEntry x)
    {
        if (!x.Settings.Restartable)
            return !x.Settings.ComesBack && t.Step(x, SupervisorEvent.GiveUp, x.Reason) is null;
        if (Restarts.BackoffMs(x.Settings.StartInfo!.RestartPolicy, x.Attempts + 1) is not { } backoff)
            return t.Step(x, SupervisorEvent.GiveUp, $"no restart left after {x.Attempts}: {x.Reason}") is null;
        return t.Step(
            x with { Attempts = x.Attempts + 1, BackoffMs = backoff, LastRestartAttempt = t.Timestamp },
            SupervisorEvent.Schedule, x.Reason) is null;
    }

    /// <summary>Not before its dependants have stopped, which were told to with it, and so theirs before them. Of one that waits for
    /// its restart something may live as well.</summary>
    private static bool MayStop(GroupState s, SupervisorEntry x) =>
        x.Status is not (SupervisorStatus.ShuttingDown or SupervisorStatus.Stopped)
        && Dependants(s, x.SupervisorId).All(d => d.StopWanted ? d.Status == SupervisorStatus.Stopped : !SupervisorTable.MayLive(d.Status));

    private static List<string>? Path(GroupState s, string from, string to, HashSet<string> seen)
    {
        if (Same(from, to)) return [to];
        if (!seen.Add(from)) return null;
        foreach (var d in s.Supervisors.GetValueOrDefault(from)?.Settings.Dependencies ?? [])
        {
            if (Path(s, d, to, seen) is { } rest) return [from, .. rest];
        }
        return null;
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
