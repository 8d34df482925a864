using Ledger.Model;

namespace Ledger.Rules;

/// <summary>Whom a participant looks at: a bounded number, however many there are, chosen so that everyone is watched by
/// somebody near, and by everybody in turn.</summary>
internal static class Watching
{
    /// <summary>Neighbours on the ring over all members that are always watched.</summary>
    public const int Neighbours = 3;

    /// <summary>Most incarnations looked at in one tick.</summary>
    public const int Most = 64;

    /// <summary>Incarnations to look at in this tick.</summary>
    /// <param name="states">The operations the observer is a member of.</param>
    /// <param name="self">Its incarnation.</param>
    /// <param name="turn">Counts the ticks: moves the one who is watched in rotation.</param>
    public static HashSet<string> Choose(IReadOnlyCollection<OperationState> states, string self, long turn)
    {
        var ring = states.SelectMany(s => s.Members.Values)
            .Where(m => m.Status == MemberStatus.Joined && m.Incarnation != self)
            .Select(m => m.Incarnation).Distinct().Order(StringComparer.Ordinal).ToList();
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        if (ring.Count == 0) return chosen;
        var next = ring.FindIndex(i => string.CompareOrdinal(i, self) > 0);
        for (var k = 0; k < Math.Min(Neighbours, ring.Count); k++) chosen.Add(ring[(Math.Max(next, 0) + k) % ring.Count]);
        chosen.Add(ring[(int)(turn % ring.Count)]);
        var alive = ring.ToHashSet(StringComparer.Ordinal);
        foreach (var incarnation in states.SelectMany(s => Concerned(s, self)))
        {
            if (chosen.Count >= Most) break;
            if (alive.Contains(incarnation)) chosen.Add(incarnation);
        }
        return chosen;
    }

    /// <summary>Those whose death concerns this participant directly: the initiator, its callees, the supervisors of its
    /// own and of crashed frames.</summary>
    private static IEnumerable<string> Concerned(OperationState s, string self)
    {
        if (s.IsTerminal) yield break;
        yield return s.Initiator;
        foreach (var f in s.Stack.Values)
        {
            if (f.Caller is { } c && s.Stack.GetValueOrDefault(c)?.Incarnation == self) yield return f.Incarnation;
            if (f.SupervisorId is null || (f.Incarnation != self && f.Status != FrameStatus.Crashed)) continue;
            if (s.Supervisors.GetValueOrDefault(f.SupervisorId) is { Dead: false } r) yield return r.Incarnation;
        }
    }
}
