using System.Collections.Immutable;
using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>One entry's way from a state to the next: the steps that several entries share, and a note of what they
/// did.</summary>
internal sealed class GroupTransition(GroupState state, string timestamp)
{
    private readonly ImmutableArray<GroupEvent>.Builder events = ImmutableArray.CreateBuilder<GroupEvent>();

    public GroupState State { get; set; } = state;

    public ImmutableArray<GroupEvent> Events => events.ToImmutable();

    /// <summary>The entry's time, for people.</summary>
    public string Timestamp => Cut(timestamp)!;

    public long Position => State.Position;

    public void Note(GroupEvent e) => events.Add(e);

    public void Alert(AlertKind kind, string subject, string? reason) => Note(new GroupAlert(kind, subject, reason));

    /// <summary>Remembers the proposer's number and the answer.</summary>
    public void Answer(GroupEntry entry, string? rejection)
    {
        if (State.Members.GetValueOrDefault(entry.Incarnation) is not { } member || member.ParticipantId != entry.ParticipantId)
            return;
        Put(member with
        {
            LastSequence = entry.Sequence,
            LastOutcome = (Position, rejection),
            LastAccepted = rejection is null ? Position : member.LastAccepted,
        });
    }

    public void Put(GroupMember m) => State = State with { Members = State.Members.SetItem(m.Incarnation, m) };

    public void Put(SupervisorEntry s) => State = State with { Supervisors = State.Supervisors.SetItem(s.SupervisorId, s) };

    public void Put(GroupBarrier b) => State = State with { Barriers = State.Barriers.SetItem(b.BarrierId, b) };

    public void Put(Orchestrator o)
    {
        State = State with { Orchestrator = o };
        Note(new OrchestratorChanged(o));
    }

    public void Put(GroupCommand c)
    {
        State = State with { Commands = State.Commands.SetItem(c.CommandId, c) };
        Note(new CommandChanged(c));
    }

    /// <summary>Takes a supervisor one step on in the table; the refusal when there is none from its state.</summary>
    public string? Step(SupervisorEntry s, SupervisorEvent happening, string? reason)
    {
        if (SupervisorTable.Next(s.Status, happening) is not { } next)
            return $"{GroupReasons.WrongState}: {s.SupervisorId} is {Wire.Name(s.Status)}";
        reason = Cut(reason);
        Put(s with
        {
            Status = next,
            Since = next == s.Status ? s.Since : Position,
            Reason = reason,
            Reservation = next == SupervisorStatus.Starting ? s.Reservation : null,
        });
        if (next != s.Status) Note(new SupervisorChanged(s.SupervisorId, s.Status, next, reason));
        if (next == SupervisorStatus.Failed) Alert(AlertKind.SupervisorFailed, s.SupervisorId, reason);
        if (next == SupervisorStatus.Dead) Alert(AlertKind.SupervisorDead, s.SupervisorId, reason);
        return null;
    }

    public static string? Cut(string? text) =>
        text is { Length: > GroupLimits.ReasonLength } ? text[..GroupLimits.ReasonLength] : text;

    /// <summary>The names of the oldest of what has ended, when there are more than a limit: a quarter at once, so that
    /// they need not be looked through each time.</summary>
    /// <param name="all">What is remembered.</param>
    /// <param name="endedAt">Position at which it ended, or 0.</param>
    /// <param name="limit">How many that have ended may be remembered.</param>
    public static IReadOnlyList<string> Oldest<T>(
        ImmutableSortedDictionary<string, T> all, Func<T, long> endedAt, int limit)
    {
        if (all.Count <= limit) return [];
        var ended = all.Where(x => endedAt(x.Value) > 0).ToList();
        return ended.Count <= limit ? []
            : [.. ended.OrderBy(x => endedAt(x.Value)).Take(ended.Count - (limit * 3 / 4)).Select(x => x.Key)];
    }
}
