using System.Collections.Immutable;
using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>The part of the group's fold that deals with barriers.</summary>
internal static class Barriers
{
    public static string? Opened(GroupTransition t, GroupEntry e, BarrierOpened d)
    {
        if (t.State.Barriers.ContainsKey(d.BarrierId)) return GroupReasons.BarrierExists;
        if (t.State.Members[e.Incarnation].Status != GroupMemberStatus.Joined) return GroupReasons.Draining;
        if (t.State.Barriers.Values.Count(b => b.CompletedAt == 0) >= GroupLimits.Barriers)
            return $"{Reasons.LimitReached}: {GroupLimits.Barriers} barriers";
        var members = t.State.Members.Values.Where(m => m.Status == GroupMemberStatus.Joined).Select(m => m.Incarnation);
        var none = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
        var barrier = new GroupBarrier(d.BarrierId, t.Position, none.Union(members), none);
        t.Put(barrier);
        t.Note(new BarrierChanged(barrier));
        return null;
    }

    public static string? Reached(GroupTransition t, GroupEntry e, BarrierReached d)
    {
        if (t.State.Barriers.GetValueOrDefault(d.BarrierId) is not { } b) return GroupReasons.BarrierUnknown;
        if (!b.Waiting.Contains(e.Incarnation)) return GroupReasons.NotAwaited;
        Settle(t, b with { Waiting = b.Waiting.Remove(e.Incarnation), Reached = b.Reached.Add(e.Incarnation) });
        return null;
    }

    /// <summary>Nobody waits for who drains or is gone.</summary>
    public static void Drop(GroupTransition t, string incarnation)
    {
        foreach (var b in t.State.Barriers.Values.Where(b => b.Waiting.Contains(incarnation)))
            Settle(t, b with { Waiting = b.Waiting.Remove(incarnation) });
    }

    private static void Settle(GroupTransition t, GroupBarrier b)
    {
        if (b.Waiting.IsEmpty) b = b with { CompletedAt = t.Position };
        t.Put(b);
        if (b.CompletedAt == 0) return;
        t.Note(new BarrierCompleted(b));
        var old = GroupTransition.Oldest(t.State.Barriers, x => x.CompletedAt, GroupLimits.BarriersRemembered);
        t.State = t.State with { Barriers = t.State.Barriers.RemoveRange(old) };
    }
}
