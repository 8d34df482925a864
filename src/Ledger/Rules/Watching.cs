using Ledger.Model;

namespace Ledger.Rules;

/// <summary>Whom a participant looks at: a bounded number, however many there are, chosen so that everyone is watched by
/// somebody near, and by everybody in turn. Made anew when the states have changed.</summary>
internal sealed class Watching
{
    /// <summary>Neighbours on the ring over all members that are always watched.</summary>
    public const int Neighbours = 3;

    /// <summary>Most incarnations looked at in one tick.</summary>
    public const int Most = 64;

    private readonly List<OperationState> open;
    private readonly string self;
    private readonly List<string> ring;
    private readonly HashSet<string> members;

    /// <param name="states">The operations the observer is a member of; those that ended are passed over.</param>
    /// <param name="self">Its incarnation.</param>
    public Watching(IEnumerable<OperationState> states, string self)
    {
        this.self = self;
        open = [.. states.Where(s => !s.IsTerminal)];
        members = open.SelectMany(s => Others(s, self)).ToHashSet(StringComparer.Ordinal);
        ring = [.. members.Order(StringComparer.Ordinal)];
    }

    /// <summary>Incarnations to look at in this tick.</summary>
    /// <param name="turn">Counts the ticks: moves the one who is watched in rotation.</param>
    public HashSet<string> Choose(long turn)
    {
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        if (ring.Count == 0) return chosen;
        var next = ring.FindIndex(i => string.CompareOrdinal(i, self) > 0);
        for (var k = 0; k < Math.Min(Neighbours, ring.Count); k++) chosen.Add(ring[(Math.Max(next, 0) + k) % ring.Count]);
        chosen.Add(ring[(int)(turn % ring.Count)]);
        // Another operation comes first in each turn, so that none is left out when there are more than the bound.
        var first = (int)(turn % open.Count);
        foreach (var incarnation in open.Skip(first).Concat(open.Take(first)).SelectMany(s => Concerned(s, self)))
        {
            if (chosen.Count >= Math.Min(Most, ring.Count)) break;
            if (members.Contains(incarnation)) chosen.Add(incarnation);
        }
        return chosen;
    }

    private static IEnumerable<string> Others(OperationState s, string self) =>
        s.Members.Values.Where(m => m.Status == MemberStatus.Joined && m.Incarnation != self).Select(m => m.Incarnation);

    /// <summary>Who follows on the operation's own ring: without it, a member that shares one operation with somebody who
    /// is in many would be watched in rotation only.</summary>
    private static string? Next(OperationState s, string self) =>
        Others(s, self).OrderBy(i => string.CompareOrdinal(i, self) < 0).ThenBy(i => i, StringComparer.Ordinal).FirstOrDefault();

    /// <summary>Those whose death concerns this participant directly: its neighbour, the initiator, its callees, the
    /// supervisors of its own and of crashed frames.</summary>
    private static IEnumerable<string> Concerned(OperationState s, string self)
    {
        if (Next(s, self) is { } next) yield return next;
        yield return s.Initiator;
        foreach (var f in s.Stack.Values)
        {
            if (f.Caller is { } c && s.Stack.GetValueOrDefault(c)?.Incarnation == self) yield return f.Incarnation;
            if (f.SupervisorId is null || (f.Incarnation != self && f.Status != FrameStatus.Crashed)) continue;
            if (s.Supervisors.GetValueOrDefault(f.SupervisorId) is { Dead: false } r) yield return r.Incarnation;
        }
    }
}
