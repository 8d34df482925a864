using System.Collections.Concurrent;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules;
using Ledger.Rules.Groups;

namespace Ledger.Runtime.Groups;

/// <summary>The groups of this process: the second kind of thing that the participant's loop reads, judges and
/// evaluates.</summary>
internal sealed class GroupHost : IDisposable
{
    private readonly ParticipantCore core;
    private readonly ConcurrentDictionary<string, GroupRuntime> groups = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> dirty = new(StringComparer.Ordinal);
    private readonly GroupWatch watch;
    private readonly GroupPublisher publisher;
    private volatile GroupRuntime[] inOrder = [];

    public GroupHost(ParticipantCore core)
    {
        this.core = core;
        watch = new GroupWatch(core.Ledger, OnChange);
        publisher = new GroupPublisher(core);
    }

    /// <summary>One caller at a time joins or visits.</summary>
    public SemaphoreSlim Joining { get; } = new(1);

    private IEnumerable<GroupState> Own => inOrder.Select(g => g.State).Where(s => s.IsPresent(core.Incarnation));

    /// <summary>In the order of their ids.</summary>
    public IReadOnlyList<GroupRuntime> All => inOrder;

    /// <summary>True when changes of others come as events, or there is nothing to watch.</summary>
    public bool HasEvents => inOrder.Length == 0 || watch.HasEvents;

    public GroupRuntime? Find(string groupId) => groups.GetValueOrDefault(groupId);

    public void Add(GroupRuntime group)
    {
        groups[group.GroupId] = group;
        inOrder = [.. groups.Values.OrderBy(g => g.GroupId, StringComparer.Ordinal)];
        watch.Begin();
        watch.Follow(group.GroupId, group.Replica.Segment);
        core.NoteChange();
        OnChange(group.GroupId);
    }

    /// <summary>Reads logs that changed; with <paramref name="all"/>, or without events, every one.</summary>
    public bool Read(bool all)
    {
        var news = false;
        foreach (var group in inOrder)
        {
            if (!dirty.TryRemove(group.GroupId, out _) && !all && watch.HasEvents) continue;
            try
            {
                news |= group.Replica.CatchUp();
                watch.Follow(group.GroupId, group.Replica.Segment);
            }
            catch (LedgerException e)
            {
                Messages.GroupTriedAgain(core.Ledger.Log, group.GroupId, "reading its log", e.Message);
            }
        }
        return news;
    }

    /// <summary>Whom to look at in this tick.</summary>
    public IEnumerable<Member> Choose(long turn) => Own.SelectMany(
        s => GroupWatching.Choose(s, core.Incarnation, turn).Select(i => Watched(s.Members[i])));

    /// <summary>Another one that is present in a group this process is in, or null.</summary>
    public Member? FindOther(string incarnation) => incarnation != core.Incarnation
        && Own.FirstOrDefault(s => s.IsPresent(incarnation)) is { } state ? Watched(state.Members[incarnation]) : null;

    /// <summary>A member, as the observer knows those of operations.</summary>
    public static Member Watched(GroupMember m) => new(m.ParticipantId, m.Incarnation, m.Process, m.JoinedAt);

    /// <summary>Evaluates the rules of those that changed, that measure something, or in which somebody died.</summary>
    /// <returns>In how many milliseconds something is due, if it is sooner than the next tick.</returns>
    public long? Evaluate(List<string> dead, long nowMs, long latenessMs, bool isDue)
    {
        long? soonest = null;
        foreach (var group in inOrder)
        {
            if (group.TakeAttention() || group.Accuses(dead) || isDue || group.IsDue(nowMs))
                EvaluateOne(group, nowMs, latenessMs);
            if (group.DueAtMs is { } due) soonest = Math.Min(soonest ?? long.MaxValue, Math.Max(1, due - nowMs));
        }
        publisher.Publish(nowMs);
        return soonest;
    }

    public void Dispose()
    {
        watch.Dispose();
        foreach (var group in inOrder) group.Dispose();
        Joining.Dispose();
    }

    private void EvaluateOne(GroupRuntime group, long nowMs, long latenessMs)
    {
        try
        {
            group.Evaluate(core.Observer, nowMs, latenessMs);
        }
        catch (LedgerException e)
        {
            group.Attend();
            Messages.GroupTriedAgain(core.Ledger.Log, group.GroupId, "evaluating the rules", e.Message);
        }
    }

    private void OnChange(string? groupId)
    {
        if (groupId is not null && !groups.ContainsKey(groupId)) return;
        foreach (var group in inOrder.Where(g => groupId is null || g.GroupId == groupId)) dirty[group.GroupId] = true;
        core.Wake();
    }
}
