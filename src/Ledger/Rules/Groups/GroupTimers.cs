using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>What a member of a group measures on its own clock.</summary>
internal enum GroupSince
{
    /// <summary>It judges a member dead.</summary>
    JudgedDead,

    /// <summary>Nobody orchestrates; keyed by term.</summary>
    Vacant,

    /// <summary>A supervisor is in its state.</summary>
    InState,

    /// <summary>A supervisor can be started, and nobody can do it.</summary>
    Unstartable,

    /// <summary>An independent supervisor has lost its owner.</summary>
    OwnerLost,

    /// <summary>A command has no outcome.</summary>
    CommandOpen,

    /// <summary>An invitation is open.</summary>
    InvitationOpen,
}

/// <summary>When one member first saw what it waits for, in milliseconds on its own monotonic clock. Immutable.</summary>
internal sealed class GroupTimers
{
    private readonly Dictionary<Key, long> starts;

    private GroupTimers(Dictionary<Key, long> starts) => this.starts = starts;

    public static GroupTimers Empty { get; } = new([]);

    /// <summary>The timers for a state and verdicts: those that run already keep their start, new ones start now, others
    /// end.</summary>
    public GroupTimers Next(GroupState state, IReadOnlyDictionary<string, Judgement> liveness, long nowMs)
    {
        var next = new Dictionary<Key, long>();
        foreach (var key in Keys(state, liveness)) next[key] = starts.GetValueOrDefault(key, nowMs);
        return new GroupTimers(next);
    }

    /// <summary>Lets every window grow by the observer's own lateness.</summary>
    public GroupTimers Grow(long latenessMs) =>
        latenessMs <= 0 ? this : new GroupTimers(starts.ToDictionary(p => p.Key, p => p.Value + latenessMs));

    /// <summary>Milliseconds since it was first seen; null when it was not.</summary>
    public long? Elapsed(GroupSince what, string name, long position, long nowMs) =>
        starts.TryGetValue(new(what, name, position), out var start) ? Math.Max(0, nowMs - start) : null;

    private static IEnumerable<Key> Keys(GroupState s, IReadOnlyDictionary<string, Judgement> liveness)
    {
        foreach (var (incarnation, verdict) in liveness)
        {
            if (verdict.Grade == Grade.Dead && s.IsPresent(incarnation)) yield return new(GroupSince.JudgedDead, incarnation, 0);
        }
        if (s.Acting is null) yield return new(GroupSince.Vacant, "", s.Term);
        foreach (var x in s.Supervisors.Values.Where(x => !SupervisorTable.IsOver(x.Status)))
        {
            yield return new(GroupSince.InState, x.SupervisorId, x.Since);
            if (x.OwnerLost) yield return new(GroupSince.OwnerLost, x.SupervisorId, x.Run);
            if (GroupPlan.IsStartable(s, x) && !s.Members.Keys.Any(i => Starts.MayExecute(s, x, i)))
                yield return new(GroupSince.Unstartable, x.SupervisorId, x.Since);
        }
        foreach (var c in s.Commands.Values.Where(c => !c.IsOver)) yield return new(GroupSince.CommandOpen, c.CommandId, c.SentAt);
        foreach (var i in s.Invitations.Values.Where(i => i.Status == InvitationStatus.Open))
            yield return new(GroupSince.InvitationOpen, i.InviteId, i.Position);
    }

    private sealed record Key(GroupSince What, string Name, long Position);
}
