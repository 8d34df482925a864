using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Tests.Rules;

/// <summary>An operation told line by line; every line is one entry. Answers each with what the fold did.</summary>
internal sealed class Story
{
    private const string Nonce = "n1";

    private readonly Dictionary<string, long> sequences = [];
    private readonly Dictionary<string, long> calls = [];
    private readonly Dictionary<string, Entry> latest = [];

    /// <summary>Null before the genesis.</summary>
    public OperationState? State { get; private set; }

    public List<(Entry Entry, Outcome Outcome)> History { get; } = [];

    public static Story Of(params string[] lines)
    {
        var story = new Story();
        foreach (var line in lines)
        {
            var answer = story.Tell(line);
            if (!answer.StartsWith("ok", StringComparison.Ordinal))
                throw new InvalidOperationException($"'{line}' was refused: {answer}");
        }
        return story;
    }

    public OperationState Now => State ?? throw new InvalidOperationException("nothing was created");

    public Frame Frame(string callId) => Now.Stack.Values.Single(f => f.CallId == callId);

    public long Position(string callId) => calls[callId];

    /// <summary>Folds one line, and says what came of it.</summary>
    public string Tell(string line)
    {
        if (line == "show") return Stories.State(Now);
        var entry = Read(line);
        latest[entry.Incarnation] = entry;
        if (State is null)
        {
            State = Fold.Begin(entry);
            return State is null ? "no genesis" : "ok";
        }
        var before = State;
        if (entry.Data is CallStarted started) calls[started.CallId] = before.Position + 1;
        var (after, outcome) = Fold.Apply(before, entry);
        State = after;
        History.Add((entry, outcome));
        return Stories.Answer(before, after, outcome);
    }

    private Entry Read(string line)
    {
        var w = new Words(line, id => calls.GetValueOrDefault(id, -1));
        var who = w.Next();
        var incarnation = ScriptVerbs.Incarnation(who);
        if (w.Skip("retries")) return latest[incarnation];
        // "A zombie ..." bears an older nonce, "A posing as B ..." another participant's id.
        var nonce = w.Skip("zombie") ? "n0" : Nonce;
        var participant = w.Skip("posing") && w.Skip("as") ? w.Next() : ScriptVerbs.Participant(who);
        var sequence = w.NumberAfter("#") ?? sequences.GetValueOrDefault(incarnation) + 1;
        sequences[incarnation] = Math.Max(sequence, sequences.GetValueOrDefault(incarnation));
        var data = ScriptVerbs.Data(w.Next(), w, State?.Position ?? 0);
        if (w.Rest() is { } rest) throw new InvalidOperationException($"'{line}' has words too many: {rest}");
        return new Entry(nonce, sequence, participant, incarnation, "2026-01-01T00:00:00.000Z", data);
    }
}

/// <summary>States and outcomes in short.</summary>
internal static class Stories
{
    /// <summary><c>CLI:a Bridge:c/cancelled</c>; empty stack: <c>-</c>.</summary>
    public static string Stack(IEnumerable<Frame> frames)
    {
        var text = string.Join(' ', frames.Select(f => f.CallId + Letter(f)));
        return text.Length == 0 ? "-" : text;
    }

    public static string State(OperationState s)
    {
        List<string> parts = [s.StatusText, Stack(s.Stack.Values), $"initiator {s.Initiator}"];
        parts.Add(string.Join(' ', s.Members.Values.OrderBy(m => m.JoinedAt).ThenBy(m => m.Incarnation)
            .Select(m => $"{m.Incarnation}:{Wire.Name(m.Status)}")));
        if (!s.Supervisors.IsEmpty)
            parts.Add(string.Join(' ', s.Supervisors.Values.OrderBy(r => r.Position)
                .Select(r => $"{r.SupervisorId}={r.Incarnation}{(r.Dead ? ":dead" : "")}")));
        if (!s.Unconfirmed.IsEmpty)
            parts.Add("unconfirmed " + string.Join(' ', s.Unconfirmed.Values.Select(n => $"{n.CallId}/{n.Handle}")));
        if (!s.LeftBehind.IsEmpty) parts.Add("left behind " + string.Join(' ', s.LeftBehind.Select(l => l.Resource.Path)));
        if (s.Aborted) parts.Add("aborted");
        return string.Join(" | ", parts);
    }

    public static string Answer(OperationState before, OperationState after, Outcome o)
    {
        if (o.Rejection is { } no) return $"no, {no}";
        List<string> parts = ["ok"];
        if (o.Transitions.Length > 0)
            parts.Add(string.Join(" > ", o.Transitions.Prepend(before.Status).Select(Wire.Name)));
        if (o.Transitions.Length > 0 && after.Cause is { } cause) parts.Add($"cause {cause}");
        if (o.Crashed.Length > 0) parts.Add($"crashed {Stack(o.Crashed)}");
        if (o.Cancelled.Length > 0) parts.Add($"cancelled {Stack(o.Cancelled)}");
        if (o.Removed.Length > 0) parts.Add($"removed {Stack(o.Removed)}");
        parts.AddRange(o.Contained.Select(c => $"contained at {c.Position} {c.Root?.CallId ?? "(left)"}"
            + $" called by {c.Caller?.CallId ?? "nobody"}, tell {c.Told}"));
        var stack = Stack(after.Stack.Values);
        if (stack != Stack(before.Stack.Values)) parts.Add($"stack {stack}");
        return string.Join(" | ", parts);
    }

    private static string Letter(Frame f) => f switch
    {
        { Status: FrameStatus.Active, Cancelled: true } => ":A",
        { Status: FrameStatus.Active } => ":a",
        { Status: FrameStatus.Crashed } => ":x",
        _ => ":c",
    };
}
