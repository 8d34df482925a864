using System.Runtime.CompilerServices;
using Ledger.Groups;
using Ledger.Log;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Runtime.Replication;
using GroupApplied = Ledger.Runtime.Replication.Applied<
    Ledger.Model.Groups.GroupState, Ledger.Model.Groups.GroupEntry, Ledger.Model.Groups.GroupOutcome>;

namespace Ledger.Runtime.Groups;

/// <summary>Streams one group from the oldest entry that is kept, with a reader of its own: nothing is missed or repeated,
/// and a slow consumer slows nobody.</summary>
internal static class GroupFollower
{
    /// <summary>Entries behind <paramref name="after"/>, in order; live when <paramref name="next"/> is given: it completes
    /// when there may be something new; <paramref name="again"/> as in <see cref="LogFollower"/>.</summary>
    /// <exception cref="GroupNotFoundException">There is no such group.</exception>
    public static async IAsyncEnumerable<GroupChange> Follow(LedgerContext ledger, string groupId, long after, Func<Task>? next,
        Func<long, Task?>? again, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = GroupOpenings.ReaderOf(ledger, groupId, ledger.SegmentOptions with { Creates = false, FromOldest = true });
        var batch = new List<GroupChange>();
        reader.Jumped = state => batch.Add(StateAt(state));
        var reached = after;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Taken before reading, so that a change during it wakes the wait below.
            var wake = next?.Invoke();
            batch.Clear();
            if (reader.Read(applied => batch.Add(Change(applied))) == LogReadStatus.Gone && reader.State is null)
                throw GroupOpenings.NotFound(ledger, groupId);
            foreach (var change in batch.Where(change => change.Position > reached))
            {
                reached = change.Position;
                yield return change;
            }
            if (wake is null) yield break;
            if (!wake.IsCompleted && again?.Invoke(reader.State?.Position ?? 0) is { } look) wake = Task.WhenAny(wake, look);
            await wake.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The same for a reader that is no participant: woken by the system's change events, with a look every
    /// <paramref name="poll"/> beneath them.</summary>
    public static async IAsyncEnumerable<GroupChange> Watch(LedgerContext ledger, string groupId, long after, bool follow,
        TimeSpan poll, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pulse = new Pulse(!ledger.Clock.IsSystem);
        using var watch = new GroupWatch(ledger, _ => pulse.Fire());
        if (follow) watch.Begin();
        Func<Task>? next = follow ? () => Task.WhenAny(pulse.Next, Task.Delay(poll, ledger.Clock.Provider)) : null;
        await foreach (var change in Follow(ledger, groupId, after, next, null, cancellationToken).ConfigureAwait(false))
            yield return change;
    }

    /// <summary>Of a stream, what happened of one kind.</summary>
    public static async IAsyncEnumerable<GroupHappening<T>> Of<T>(
        IAsyncEnumerable<GroupChange> changes, [EnumeratorCancellation] CancellationToken cancellationToken) where T : GroupEvent
    {
        await foreach (var change in changes.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            foreach (var happened in change.Outcome?.Events.OfType<T>() ?? [])
                yield return new GroupHappening<T>(change.Position, change.Timestamp, happened);
        }
    }

    private static GroupChange Change(GroupApplied a) => new(a.Outcome.Position, a.Entry.ParticipantId, a.Entry.Incarnation,
        a.Entry.Timestamp, Wire.Name(a.Entry.Data.Type), a.Outcome, a.State)
    {
        Entry = a.Entry,
    };

    private static GroupChange StateAt(GroupState state) => new(state.Position, "", "", "", GroupChange.StateAt, null, state);
}
