using Ledger.Model;

namespace Ledger.Rules;

/// <summary>Whom a participant looks at: a bounded number, however many there are, chosen so that everyone is watched by
/// somebody near, and by everybody in turn. Made anew when those it is chosen from have changed, at a cost that does not grow
/// with the number of members.</summary>
internal sealed class Watching
{
    /// <summary>Neighbours on the ring over all members that are always watched.</summary>
    public const int Neighbours = 3;

    /// <summary>Most incarnations looked at in one tick.</summary>
    public const int Most = 64;

    private readonly List<OperationState> open;
    private readonly string self;
    private readonly List<Member> neighbours;
    private readonly List<List<Member>> concerned;
    private Dictionary<string, Member>? always;

    /// <param name="states">The operations the observer reads; those that ended, or in which nobody else takes part, are passed
    /// over.</param>
    /// <param name="self">Its incarnation.</param>
    public Watching(IEnumerable<OperationState> states, string self)
    {
        this.self = self;
        open = [.. states.Where(s => !s.IsTerminal && s.Joined.Count > (s.Joined.Contains(self) ? 1 : 0))];
        neighbours = [.. Following(self).Take(Neighbours)];
        concerned = [.. open.Select(s => Concerned(s, self).Take(Most).ToList())];
    }

    /// <summary>How many operations it chooses from.</summary>
    public int Operations => open.Count;

    /// <summary>How many take part in the largest of them.</summary>
    public int Company => open.Count == 0 ? 0 : open.Max(s => s.Joined.Count);

    /// <summary>Those to look at in this tick whoever's turn it is in rotation.</summary>
    /// <param name="turn">Counts the ticks: where all of them together are more than the bound, another operation comes first in
    /// each, so that none is left out.</param>
    public IReadOnlyDictionary<string, Member> Choose(long turn)
    {
        if (always is not null) return always;
        var chosen = neighbours.ToDictionary(m => m.Incarnation, StringComparer.Ordinal);
        for (var i = 0; i < open.Count; i++)
        {
            foreach (var member in concerned[(int)((turn + i) % open.Count)])
            {
                // The bound is reached: who else there is comes first in another turn.
                if (!chosen.ContainsKey(member.Incarnation) && chosen.Count == Most) return chosen;
                chosen[member.Incarnation] = member;
            }
        }
        return always = chosen;
    }

    /// <summary>All others, each once, along the ring over all operations: the neighbours come first behind oneself, and whose
    /// turn it is in rotation behind whom it was last.</summary>
    public IEnumerable<Member> Following(string after)
    {
        for (var m = FirstAbove(after); m is not null; m = FirstAbove(m.Incarnation)) yield return m;
        for (var m = FirstAbove(""); m is not null && string.CompareOrdinal(m.Incarnation, after) <= 0; m = FirstAbove(m.Incarnation))
            yield return m;
    }

    /// <summary>A member that takes part in one of the operations, or null.</summary>
    public Member? Find(string incarnation)
    {
        var state = open.Find(s => s.Joined.Contains(incarnation));
        return incarnation == self ? null : state?.Members[incarnation];
    }

    /// <summary>Whether somebody is one of the next on an operation's ring, and so is watched always.</summary>
    public static bool IsNear(OperationState s, string self, string other)
    {
        var ahead = s.Joined.IndexOf(other) - (IndexAbove(s, self) - 1);
        return (ahead + s.Joined.Count) % s.Joined.Count is > 0 and <= Neighbours;
    }

    private Member? FirstAbove(string incarnation)
    {
        Member? first = null;
        foreach (var s in open)
        {
            var at = IndexAbove(s, incarnation);
            if (at < s.Joined.Count && s.Joined[at] == self) at++;
            if (at == s.Joined.Count || string.CompareOrdinal(s.Joined[at], first?.Incarnation ?? s.Joined[at]) > 0) continue;
            first = s.Members[s.Joined[at]];
        }
        return first;
    }

    private static int IndexAbove(OperationState s, string incarnation)
    {
        var at = s.Joined.IndexOf(incarnation);
        return at >= 0 ? at + 1 : ~at;
    }

    /// <summary>Those whose death concerns this participant directly: its neighbour on the operation's own ring, the initiator,
    /// its callees, the supervisors of its own and of crashed frames. Without the neighbour, a member that shares one operation
    /// with somebody who is in many would be watched in rotation only.</summary>
    private static IEnumerable<Member> Concerned(OperationState s, string self) =>
        Names(s, self).Where(i => i != self && s.Joined.Contains(i)).Select(i => s.Members[i]);

    private static IEnumerable<string> Names(OperationState s, string self)
    {
        var next = IndexAbove(s, self) % s.Joined.Count;
        yield return s.Joined[next];
        yield return s.Initiator;
        foreach (var f in s.Stack.Values)
        {
            if (f.Caller is { } c && s.Stack.GetValueOrDefault(c)?.Incarnation == self) yield return f.Incarnation;
            if (f.SupervisorId is null || (f.Incarnation != self && f.Status != FrameStatus.Crashed)) continue;
            if (s.Supervisors.GetValueOrDefault(f.SupervisorId) is { Dead: false } r) yield return r.Incarnation;
        }
    }
}
