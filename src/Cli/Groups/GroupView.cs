using System.Globalization;
using Ledger.Cli.Rendering;
using Ledger.Cli.Shared;
using Ledger.Log;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ledger.Cli.Groups;

/// <summary>One group as <c>ledger group</c> draws it.</summary>
internal sealed class GroupView(GroupState state, Func<string, Life> life, DateTimeOffset now)
{
    private const int MostMembers = 50;
    private const int MostCommands = 10;

    /// <summary>For a terminal.</summary>
    public IRenderable Draw()
    {
        var rows = new List<IRenderable>(Header().Select(line => line.Markup));
        if (!state.Supervisors.IsEmpty)
        {
            var tree = new Tree(new Markup("[bold]Supervisors[/]")).Guide(TreeGuide.Line);
            foreach (var node in SupervisorNode.Build(state)) AddTo(tree, node);
            rows.Add(new Text(""));
            rows.Add(tree);
        }
        foreach (var (title, lines) in Sections())
        {
            rows.Add(new Text(""));
            rows.Add(new Markup($"[bold]{title}[/]"));
            rows.AddRange(lines.Select(line => new Padder(line.Markup, new Padding(2, 0, 0, 0))));
        }
        return new Rows(rows);
    }

    /// <summary>For a pipe: the same, indented.</summary>
    public IEnumerable<string> Plain()
    {
        foreach (var line in Header()) yield return line.Plain;
        if (!state.Supervisors.IsEmpty) yield return "Supervisors";
        foreach (var line in SupervisorNode.Build(state).SelectMany(node => Indented(node, 1))) yield return line;
        foreach (var (title, lines) in Sections())
        {
            yield return title;
            foreach (var line in lines) yield return "  " + line.Plain;
        }
    }

    /// <summary>There is something to run, and nobody who would.</summary>
    private bool IsAbandoned =>
        state.Supervisors.Values.Any(x => x.Status is not (SupervisorStatus.Stopped or SupervisorStatus.Dead))
        && state.Members.Values.Where(m => m.IsPresent).All(m => life(m.Incarnation).Judgement?.Grade == Grade.Dead);

    private IEnumerable<Line> Header()
    {
        yield return new Line().Add(state.GroupId, Styles.Strong)
            .Then($"{Count(state.Supervisors.Count, "supervisor")}, {Count(state.Members.Values.Count(m => m.IsPresent), "member")}", Styles.Faint);
        var line = new Line().Add("  orchestrator  ", Styles.Faint);
        if (state.Orchestrator is not { } o)
        {
            yield return line.Add("none yet", Styles.Warning);
            yield break;
        }
        var member = state.Members.GetValueOrDefault(o.Incarnation);
        line.Add(member?.ParticipantId ?? o.Incarnation, Styles.Name).Then($"term {o.Term}")
            .Then(Wire.Name(o.Status), o.Status == OrchestratorStatus.Running ? Styles.Good : Styles.Warning);
        if (member is { IsPresent: true })
            yield return Living(line.Add($"  pid {member.Process.Pid} on {Texts.OneLine(member.Process.Host)}", Styles.Faint), o.Incarnation);
        else yield return line.Then("gone: the next member that can takes over", Styles.Warning);
        if (IsAbandoned)
            yield return new Line().Add($"  nobody of it lives; 'ledger orchestrate --group {state.GroupId} --keep' starts again what was registered", Styles.Warning);
    }

    private IEnumerable<(string Title, IReadOnlyList<Line> Lines)> Sections()
    {
        var waits = state.Supervisors.Values.Select(Wait).OfType<string>().Select(text => new Line().Add(text)).ToList();
        if (waits.Count > 0) yield return ("What waits for what", waits);
        var present = state.Members.Values.Where(m => m.IsPresent).OrderBy(m => m.JoinedAt).ToList();
        var members = present.Take(MostMembers).Select(Member).ToList();
        if (present.Count > MostMembers) members.Add(new Line().Add($"and {present.Count - MostMembers} more"));
        if (members.Count > 0) yield return ("Members", members);
        var commands = state.Commands.Values.Where(c => !c.IsOver).OrderBy(c => c.SentAt).Take(MostCommands).Select(Command).ToList();
        if (commands.Count > 0) yield return ("Commands under way", commands);
    }

    private void AddTo(IHasTreeNodes parent, SupervisorNode node)
    {
        var drawn = parent.AddNode(Supervisor(node.Supervisor).Markup);
        foreach (var each in node.Dependants) AddTo(drawn, each);
    }

    private IEnumerable<string> Indented(SupervisorNode node, int depth) =>
        node.Dependants.SelectMany(each => Indented(each, depth + 1))
            .Prepend(new string(' ', depth * 2) + Supervisor(node.Supervisor).Plain);

    private Line Supervisor(SupervisorEntry x)
    {
        var line = new Line().Add(x.SupervisorId, Styles.Name).Then(State(x.Status), Style(x.Status));
        if (x is { Status: SupervisorStatus.Running, Program: { } program }) line.Then($"pid {program.Pid}", Styles.Faint);
        if (x.Attempts > 0) line.Then($"restart {GroupMessages.Restart(x)}", Styles.Warning);
        if (x.Settings.Mode != SupervisorMode.Coupled) line.Then(Wire.Name(x.Settings.Mode), Styles.Faint);
        if (x.Settings.Ports.Length > 0) line.Then($"port {string.Join(", ", x.Settings.Ports)}", Styles.Faint);
        var others = x.Settings.Dependencies.Where(d => d != SupervisorNode.Parent(state, x)).ToList();
        if (others.Count > 0) line.Then($"also needs {string.Join(", ", others)}", Styles.Faint);
        if (x.StopWanted && x.Status is not SupervisorStatus.Stopped) line.Then("to be stopped", Styles.Warning);
        return ShowsReason(x) ? line.Then(Texts.Short(x.Reason, 120), Style(x.Status)) : line;
    }

    /// <summary>Elsewhere the wait says it, or it is history.</summary>
    private static bool ShowsReason(SupervisorEntry x) =>
        x.Status is SupervisorStatus.Failed or SupervisorStatus.RestartScheduled or SupervisorStatus.Dead;

    private string? Wait(SupervisorEntry x)
    {
        if (x.StopWanted && SupervisorTable.MayLive(x.Status) && x.Status != SupervisorStatus.ShuttingDown)
        {
            var dependants = Dependencies.Dependants(state, x.SupervisorId).Where(d => SupervisorTable.MayLive(d.Status)).Select(d => d.SupervisorId);
            return $"{x.SupervisorId} stops when {string.Join(" and ", dependants)} has stopped";
        }
        return x.Status switch
        {
            SupervisorStatus.WaitingForDependencies => $"{x.SupervisorId} waits for {Awaited(x)}",
            SupervisorStatus.RestartScheduled when Dependencies.Awaited(state, x).Count > 0 => $"{x.SupervisorId} waits for {Awaited(x)}",
            SupervisorStatus.RestartScheduled => $"{x.SupervisorId} is restarted {Due(x)}",
            SupervisorStatus.Registered when state.Acting is null => $"{x.SupervisorId} waits for an orchestrator",
            SupervisorStatus.Starting => $"{x.SupervisorId} is being started by {Executor(x)}",
            SupervisorStatus.ShuttingDown => $"{x.SupervisorId} is ending; it has {Durations.Show(TimeSpan.FromMilliseconds(x.Settings.StopGraceMs))} after TERM",
            _ => null,
        };
    }

    private string Awaited(SupervisorEntry x) => string.Join(" and ", Dependencies.Awaited(state, x)
        .Select(id => state.Supervisors.TryGetValue(id, out var d) ? $"{id} ({State(d.Status)})" : $"{id} (not registered)"));

    private string Executor(SupervisorEntry x) =>
        x.Reservation is { } r ? state.Members.GetValueOrDefault(r.Executor)?.ParticipantId ?? r.Executor : "nobody";

    private string Due(SupervisorEntry x)
    {
        var wait = TimeSpan.FromMilliseconds(x.BackoffMs);
        if (!DateTimeOffset.TryParse(x.LastRestartAttempt, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            return $"after {Durations.Show(wait)}";
        var left = at + wait - now;
        return left > TimeSpan.Zero ? $"in {Durations.Show(left)}" : "now";
    }

    private Line Member(GroupMember m)
    {
        var line = new Line().Add(m.ParticipantId, Styles.Name).Then(m.Status == GroupMemberStatus.Draining ? "draining" : "", Styles.Warning)
            .Then($"pid {m.Process.Pid} on {Texts.OneLine(m.Process.Host)}", Styles.Faint);
        if (m.CanOrchestrate) line.Then(m.Incarnation == state.Acting ? "orchestrates" : "can orchestrate", Styles.Faint);
        return Living(line, m.Incarnation);
    }

    private Line Command(GroupCommand c) => new Line().Add(c.Name, Styles.Strong)
        .Add($" from {c.FromParticipant} to {state.Members.GetValueOrDefault(c.To)?.ParticipantId ?? c.To}").Then(Wire.Name(c.Status), Styles.Faint);

    private Line Living(Line line, string incarnation) => line.Living(life(incarnation));

    private static string State(SupervisorStatus status) => status switch
    {
        SupervisorStatus.WaitingForDependencies => "waiting",
        SupervisorStatus.RestartScheduled => "restart scheduled",
        SupervisorStatus.ShuttingDown => "shutting down",
        _ => Wire.Name(status),
    };

    private static string Style(SupervisorStatus status) => status switch
    {
        SupervisorStatus.Running => Styles.Good,
        SupervisorStatus.Failed or SupervisorStatus.Dead => Styles.Bad,
        SupervisorStatus.Stopped => Styles.Faint,
        _ => Styles.Warning,
    };

    private static string Count(int n, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{n} {what}{(n == 1 ? "" : "s")}");
}
