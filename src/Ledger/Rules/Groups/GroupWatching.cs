using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>Whom a member of a group looks at: a bounded number, however many there are, chosen so that everyone is watched
/// by somebody near, and by everybody in turn.</summary>
internal static class GroupWatching
{
    /// <summary>Incarnations to look at in this tick: the neighbours on the ring over all members, one in rotation, and the
    /// orchestrator, whose death concerns everybody.</summary>
    /// <param name="s">The group.</param>
    /// <param name="self">The observer.</param>
    /// <param name="turn">Counts the ticks.</param>
    public static IReadOnlySet<string> Choose(GroupState s, string self, long turn)
    {
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        var ring = s.Members.Values.Where(m => m.IsPresent && m.Incarnation != self).Select(m => m.Incarnation).ToList();
        if (ring.Count == 0) return chosen;
        var next = Math.Max(0, ring.FindIndex(i => string.CompareOrdinal(i, self) > 0));
        for (var k = 0; k < Math.Min(Watching.Neighbours, ring.Count); k++) chosen.Add(ring[(next + k) % ring.Count]);
        chosen.Add(ring[(int)(turn % ring.Count)]);
        if (s.Acting is { } acting && acting != self) chosen.Add(acting);
        return chosen;
    }
}
