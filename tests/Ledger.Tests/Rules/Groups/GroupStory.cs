using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Tests.Rules.Groups;

/// <summary>A group told line by line; every line is one entry. Answers each with what the fold did.</summary>
internal sealed class GroupStory
{
    private readonly Dictionary<string, long> sequences = [];
    private readonly Dictionary<string, GroupEntry> latest = [];

    public GroupState State { get; private set; } = GroupFold.Create("G", "2026-01-01T00:00:00.000Z");

    public List<(GroupEntry Entry, GroupOutcome Outcome)> History { get; } = [];

    /// <summary>A story of lines that must all be accepted.</summary>
    public static GroupStory Of(params string[] lines)
    {
        var story = new GroupStory();
        foreach (var line in lines)
        {
            var answer = story.Tell(line);
            if (!answer.StartsWith("ok", StringComparison.Ordinal))
                throw new InvalidOperationException($"'{line}' was refused: {answer}");
        }
        return story;
    }

    public SupervisorEntry Supervisor(string id) => State.Supervisors[id];

    /// <summary>Folds one line, and says what came of it.</summary>
    public string Tell(string line)
    {
        if (line == "show") return GroupText.State(State);
        if (line == "next segment")
        {
            State = GroupFold.Continue(State);
            return $"segment {State.Segment} from {State.SegmentStart}";
        }
        var entry = Read(line);
        latest[entry.Incarnation] = entry;
        var before = State;
        (State, var outcome) = GroupFold.Apply(before, entry);
        History.Add((entry, outcome));
        return GroupText.Answer(outcome);
    }

    public string Tell(string who, GroupEntryData data)
    {
        var incarnation = ScriptVerbs.Incarnation(who);
        var sequence = sequences[incarnation] = sequences.GetValueOrDefault(incarnation) + 1;
        var entry = new GroupEntry("n", sequence, ScriptVerbs.Participant(who), incarnation, "", data);
        (State, var outcome) = GroupFold.Apply(State, entry);
        History.Add((entry, outcome));
        return GroupText.Answer(outcome);
    }

    private GroupEntry Read(string line)
    {
        var w = new Words(line, _ => -1);
        var who = w.Next();
        var incarnation = ScriptVerbs.Incarnation(who);
        if (w.Skip("retries")) return latest[incarnation];
        var participant = w.Skip("posing") && w.Skip("as") ? w.Next() : ScriptVerbs.Participant(who);
        var sequence = sequences.GetValueOrDefault(incarnation) + 1;
        sequences[incarnation] = sequence;
        var data = GroupVerbs.Data(w.Next(), w, State);
        if (w.Rest() is { } rest) throw new InvalidOperationException($"'{line}' has words too many: {rest}");
        return new GroupEntry("n", sequence, participant, incarnation, "2026-01-01T00:00:00.000Z", data);
    }
}

/// <summary>States and outcomes of groups in short.</summary>
internal static class GroupText
{
    public static string State(GroupState s)
    {
        List<string> parts = [];
        parts.Add(s.Orchestrator is { } o ? $"term {o.Term} {o.Incarnation} {Wire.Name(o.Status)}" : "no orchestrator");
        parts.Add(string.Join(' ', s.Members.Values.OrderBy(m => m.JoinedAt)
            .Select(m => $"{m.Incarnation}:{(m.Departure is { } d ? Wire.Name(d) : Wire.Name(m.Status))}")));
        parts.AddRange(s.Supervisors.Values.Select(Supervisor));
        parts.AddRange(s.Commands.Values.Select(c => $"{c.CommandId} {Wire.Name(c.Status)}{(c.Answer is { } a ? $" ({a})" : "")}"));
        parts.AddRange(s.Barriers.Values.Select(b => $"{b.BarrierId} waits for {string.Join(',', b.Waiting)}"));
        return string.Join(" | ", parts);
    }

    public static string Answer(GroupOutcome o) =>
        o.Rejection is { } no ? $"no, {no}" : string.Join(" | ", o.Events.Select(Event).Prepend("ok"));

    private static string Supervisor(SupervisorEntry x) =>
        $"{x.SupervisorId} {Wire.Name(x.Status)} by {x.Incarnation ?? "nobody"}"
        + (x.Owner is { } owner ? $" of {owner}" : "") + (x.OwnerLost ? " ownerless" : "")
        + (x.Attempts > 0 ? $" attempt {x.Attempts}" : "") + (x.BackoffMs > 0 ? $" after {x.BackoffMs}" : "")
        + (x.StopWanted ? " to stop" : "");

    private static string Event(GroupEvent e) => e switch
    {
        MembershipChanged m => $"{m.Incarnation} {(m.Departure is { } d ? $"left {Wire.Name(d)}" : Wire.Name(m.Status))}",
        OrchestratorChanged c => $"term {c.Orchestrator.Term} {c.Orchestrator.Incarnation} {Wire.Name(c.Orchestrator.Status)}",
        SupervisorChanged c => $"{c.SupervisorId} {(c.From is { } f ? Wire.Name(f) : "new")} > {(c.To is { } to ? Wire.Name(to) : "gone")}"
            + (c.Reason is { } r ? $" ({r})" : ""),
        CommandChanged c => $"{c.Command.CommandId} {Wire.Name(c.Command.Status)}{(c.Command.Answer is { } a ? $" ({a})" : "")}",
        BarrierChanged b => $"{b.Barrier.BarrierId} waits for {string.Join(',', b.Barrier.Waiting)}",
        BarrierCompleted b => $"{b.Barrier.BarrierId} completed by {string.Join(',', b.Barrier.Reached)}",
        GroupAlert a => $"! {Wire.Name(a.Kind)} {a.Subject}",
        _ => e.ToString()!,
    };
}
