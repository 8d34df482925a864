using System.Globalization;
using Ledger.Cli.Shared;
using Ledger.Log;
using Ledger.Model;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ledger.Cli.Rendering;

/// <summary>One operation as <c>ledger show</c> and <c>ledger watch</c> draw it.</summary>
internal sealed class OperationView(
    OperationState state, bool isArchived, IReadOnlyDictionary<string, Life> lives, DateTimeOffset now)
{
    private const int MostLeftBehind = 10;

    /// <summary>For a terminal.</summary>
    public IRenderable Draw()
    {
        var rows = new List<IRenderable>();
        rows.AddRange(Header().Select(l => l.Markup));
        if (!state.Stack.IsEmpty)
        {
            var tree = new Tree(new Markup("[bold]Call stack[/]")).Guide(TreeGuide.Line);
            foreach (var node in StackTree.Build(state)) AddTo(tree, node);
            rows.Add(new Text(""));
            rows.Add(tree);
        }
        foreach (var (title, lines) in Sections())
        {
            rows.Add(new Text(""));
            rows.Add(new Markup($"[bold]{title}[/]"));
            rows.AddRange(lines.Select(l => new Padder(l.Markup, new Padding(2, 0, 0, 0))));
        }
        return new Rows(rows);
    }

    /// <summary>For a pipe: the same, indented.</summary>
    public IEnumerable<string> Plain()
    {
        foreach (var line in Header()) yield return line.Plain;
        if (!state.Stack.IsEmpty) yield return "Call stack";
        foreach (var line in StackTree.Build(state).SelectMany(n => Indented(n, 1))) yield return line;
        foreach (var (title, lines) in Sections())
        {
            yield return title;
            foreach (var line in lines) yield return "  " + line.Plain;
        }
    }

    private IEnumerable<Line> Header()
    {
        var first = new Line().Add(state.OperationId, Styles.Strong).Then(Wire.Name(state.Status), Styles.Of(state.Status));
        if (isArchived) first.Then("archived", Styles.Faint);
        yield return first.Then($"started {Age(state.StartTime)}", Styles.Faint);
        if (state.Description is { } description) yield return new Line().Add($"  {Texts.OneLine(description)}");
        if (state.Cause is { } cause) yield return new Line().Add("  cause      ", Styles.Faint).Add(Texts.OneLine(cause.ToString()), Styles.Bad);
        var initiator = state.Members[state.Initiator];
        var line = new Line().Add("  initiator  ", Styles.Faint).Add(initiator.ParticipantId, Styles.Name)
            .Add($" (pid {initiator.Process.Pid} on {Texts.OneLine(initiator.Process.Host)})", Styles.Faint);
        yield return state.IsTerminal ? line : Living(line, state.Initiator);
    }

    private IEnumerable<(string Title, IReadOnlyList<Line> Lines)> Sections()
    {
        var idle = state.Members.Values.OrderBy(m => m.JoinedAt)
            .Where(m => !state.IsTerminal && state.Stack.Values.All(f => f.Incarnation != m.Incarnation) && m.Incarnation != state.Initiator)
            .Select(m => Member(m)).ToList();
        if (idle.Count > 0) yield return ("Other participants", idle);
        var supervisors = state.IsTerminal ? [] : state.Supervisors.Values.OrderBy(r => r.Position).Select(Supervisor).ToList();
        if (supervisors.Count > 0) yield return ("Supervisors", supervisors);
        var waits = Waits.Explain(state, Life).Select(w => new Line().Add(w)).ToList();
        if (waits.Count > 0) yield return ("Why it is not over", waits);
        var left = state.LeftBehind.Take(MostLeftBehind).Select(l => new Line()
            .Add(EventText.Describe(l.Resource)).Add($" of {l.CallId}: {Texts.OneLine(l.Why)}", Styles.Faint)).ToList();
        if (state.LeftBehind.Length > MostLeftBehind) left.Add(new Line().Add($"and {state.LeftBehind.Length - MostLeftBehind} more"));
        if (left.Count > 0) yield return ("Left behind", left);
    }

    private void AddTo(IHasTreeNodes parent, StackNode node)
    {
        var drawn = parent.AddNode(Frame(node.Frame).Markup);
        foreach (var callee in node.Callees) AddTo(drawn, callee);
    }

    private IEnumerable<string> Indented(StackNode node, int depth) =>
        node.Callees.SelectMany(c => Indented(c, depth + 1))
            .Prepend(new string(' ', depth * 2) + Frame(node.Frame).Plain);

    private Line Frame(Frame f)
    {
        var line = new Line().Add(f.ParticipantId, Styles.Name);
        if (f.CallId != f.ParticipantId) line.Add($" {f.CallId}", Styles.Strong);
        line.Then(f.Status == FrameStatus.CleanedUp ? "cleaned up" : Wire.Name(f.Status), Styles.Of(f.Status));
        if (f.Cancelled) line.Add(", cancelled", Styles.Warning);
        line.Then(Age(f.StartTime), Styles.Faint);
        Living(line, f.Incarnation);
        if (f.SupervisorId is { } supervisor) line.Then($"supervisor {supervisor}", Styles.Faint);
        if (!f.FailOnCrash) line.Then("contains failures", Styles.Faint);
        if (f.Resources.Length > 0) line.Then($"{f.Resources.Length} resource{(f.Resources.Length == 1 ? "" : "s")}", Styles.Faint);
        return f.Description is { } d ? line.Then($"“{Texts.Short(d, 60)}”", Styles.Faint) : line;
    }

    private Line Member(Member m)
    {
        var line = new Line().Add(m.ParticipantId, Styles.Name).Then(Wire.Name(m.Status), m.Status == MemberStatus.Crashed ? Styles.Bad : "");
        return m.Status == MemberStatus.Joined ? Living(line, m.Incarnation) : line;
    }

    private Line Supervisor(Registration r)
    {
        var line = new Line().Add(r.SupervisorId, Styles.Name).Add($" by {state.Members[r.Incarnation].ParticipantId}");
        return r.Dead ? line.Then("dead", Styles.Bad) : Living(line, r.Incarnation);
    }

    private Line Living(Line line, string incarnation) => line.Living(Life(incarnation));

    private Life Life(string incarnation) => lives.GetValueOrDefault(incarnation) ?? new Life(null);

    private string Age(string startTime) => DateTimeOffset.TryParse(startTime, CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal, out var at) ? Durations.Show(now - at) + " ago" : Texts.OneLine(startTime);
}
