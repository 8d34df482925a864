using System.Collections.Immutable;
using System.CommandLine;
using Ledger.Cli.Shared;
using Ledger.Hosting;
using Ledger.Hosting.Supervision.Groups;
using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Cli.Groups;

/// <summary>The options of <c>ledger supervise</c>, and how they become a request.</summary>
internal sealed class SuperviseOptions
{
    private const int HighestPort = 65_535;

    private readonly Option<string> group = GroupArguments.Group();
    private readonly Option<string> id = new("--id") { Description = "The supervisor's id.", HelpName = "ID", Required = true };
    private readonly Option<string[]> depends = Lists("--depends", "A,B", "Start only while these supervisors run.");
    private readonly Option<string[]> port = Lists("--port", "N", "A TCP port that must be free before the command starts. Repeatable.");
    private readonly Option<string> mode = new Option<string>("--mode")
    {
        Description = "When it was restarted by another: die with that one, or go on without.",
        HelpName = "coupled|independent",
        DefaultValueFactory = _ => "coupled",
    }.AcceptOnlyFromAmong("coupled", "independent");

    private readonly Option<int> restart = new("--restart")
    {
        Description = "How often it is restarted in a row before it is dead.",
        HelpName = "N",
        DefaultValueFactory = _ => RestartPolicy.Default.MaxAttempts,
    };

    private readonly Option<string[]> backoff = Lists(
        "--backoff", "D,D,...", "Waits before the restarts, the last one also before all further ones. Default: 0ms,1s,5s,15s,60s.");

    private readonly Option<int> instances = new("--instances")
    {
        Description = "Run so many of it in this one process, as supervisors ID-1, ID-2, ...; 1 is ID itself.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<TimeSpan?> resetAfter = Durations.Option("--reset-after", "Running for so long, its restarts count anew. Default: 5m.");
    private readonly Option<TimeSpan?> startTimeout = Durations.Option("--start-timeout", "How long a start may take. Default: 30s.");
    private readonly Option<TimeSpan?> stopGrace = Durations.Option("--stop-grace", "Between TERM and KILL. Default: 5s.");
    private readonly Option<TimeSpan?> adoptWithin = Durations.Option(
        "--adopt-within", "How long an independent one goes on without an orchestrator. Default: 60s.");

    private readonly Option<string?> onCommand = new("--on-command")
    {
        Description = "Run by the shell for each command sent to it ('ledger send'): LEDGER_COMMAND names it, the arguments are on "
            + "standard input, what it prints is the result.",
        HelpName = "COMMAND",
    };

    private readonly Argument<string[]> words = CommandWords.Argument();

    public void AddTo(Command command)
    {
        Option[] all =
        [
            group, id, depends, port, mode, restart, backoff, resetAfter, startTimeout, stopGrace, adoptWithin, onCommand, instances,
        ];
        foreach (var each in all) command.Options.Add(each);
        command.Arguments.Add(words);
    }

    /// <summary>What was asked, with the defaults filled in.</summary>
    /// <exception cref="ArgumentException">It cannot be meant; nothing has been touched.</exception>
    public SuperviseRequest Read(ParseResult parsed, Func<string, string?> variable, IReadOnlyList<string> program)
    {
        var command = CommandWords.Behind(parsed, words);
        var path = parsed.GetValue(CommonOptions.Ledger);
        var ledger = Path.GetFullPath(LedgerPaths.Resolve(path, variable));
        var supervisor = Identifier.Require(parsed.GetRequiredValue(id), "supervisor id");
        var environment = GroupVariables.Kept();
        var dependencies = Split(parsed, depends).Select(each => Identifier.Require(each, "supervisor id")).Distinct(StringComparer.Ordinal);
        var groupId = Identifier.Require(parsed.GetRequiredValue(group), "group id");
        var spawned = StartVariables.Find(variable);
        // What surrounds a command that somebody typed is none of it.
        if (spawned?.GroupId != groupId || spawned.SupervisorId != supervisor) spawned = null;
        var ids = Ids(parsed, supervisor);
        var settings = new SupervisorSettings
        {
            StartInfo = new StartInfo(command[0], [.. command[1..]], Environment.CurrentDirectory,
                [.. environment.Keys.Order(StringComparer.Ordinal)], null,
                new RestartPolicy(Restarts(parsed), Waits(parsed), Ms(parsed, resetAfter) ?? RestartPolicy.Default.ResetAfterMs)),
            Mode = parsed.GetValue(mode) == "independent" ? SupervisorMode.Independent : SupervisorMode.Coupled,
            Ports = [.. Split(parsed, port).Select(Port).Distinct()],
            Dependencies = [.. dependencies],
            StartTimeoutMs = Ms(parsed, startTimeout) ?? 30_000,
            StopGraceMs = Ms(parsed, stopGrace) ?? 5_000,
            AdoptWithinMs = Ms(parsed, adoptWithin) ?? 60_000,
        };
        if (ids.Count > 1 && settings.Ports.Length > 0) throw new ArgumentException("--port and --instances do not go together: one port serves one.");
        return new SuperviseRequest
        {
            LedgerPath = ledger,
            IsDefaultPath = path is null && string.IsNullOrEmpty(variable(LedgerPaths.Variable)),
            GroupId = groupId,
            SupervisorId = supervisor,
            Settings = settings,
            Supervisors = [.. ids.Select(each => new SupervisorRequest(each, settings with { Launcher = [.. program, .. Own(parsed, ledger, each)] }))],
            OnCommand = parsed.GetValue(onCommand),
            Environment = environment,
            Invitation = spawned is null ? InvitationVariable.Read(variable) : null,
            Spawned = spawned,
        };
    }

    private List<string> Ids(ParseResult parsed, string supervisor) => parsed.GetValue(instances) switch
    {
        1 => [supervisor],
        > 1 and <= GroupLimits.Supervisors and var count => [.. Enumerable.Range(1, count).Select(n => Identifier.Require($"{supervisor}-{n}", "supervisor id"))],
        _ => throw new ArgumentException($"--instances is {parsed.GetValue(instances)}; it must be 1 to {GroupLimits.Supervisors}."),
    };

    /// <summary>The words before the command, so that whoever restarts it elsewhere runs the same wrapper.</summary>
    private List<string> Own(ParseResult parsed, string ledger, string own)
    {
        var all = new List<string> { "supervise", "--ledger", ledger };
        Option[] passedOn = [group, id, depends, port, mode, restart, backoff, resetAfter, startTimeout, stopGrace, adoptWithin, onCommand];
        foreach (var option in passedOn)
        {
            if (parsed.GetResult(option) is not { Implicit: false } result) continue;
            foreach (var token in result.Tokens) all.AddRange([option.Name, option == id ? own : token.Value]);
        }
        all.Add("--");
        return all;
    }

    private int Restarts(ParseResult parsed) => parsed.GetValue(restart) is >= 0 and var n
        ? n : throw new ArgumentException("--restart is negative; 0 never restarts it.");

    private ImmutableArray<long> Waits(ParseResult parsed)
    {
        var given = Split(parsed, backoff).ToList();
        if (given.Count == 0) return RestartPolicy.Default.BackoffIntervalsMs;
        return [.. given.Select(text => Durations.TryParse(text, out var wait, out var fault)
            ? (long)wait.TotalMilliseconds : throw new ArgumentException($"--backoff: {fault}"))];
    }

    private static int Port(string text) => int.TryParse(text, out var port) && port is > 0 and <= HighestPort
        ? port : throw new ArgumentException($"--port: '{Texts.OneLine(text)}' is no TCP port; they are 1 to {HighestPort}.");

    private static long? Ms(ParseResult parsed, Option<TimeSpan?> option) => (long?)parsed.GetValue(option)?.TotalMilliseconds;

    private static IEnumerable<string> Split(ParseResult parsed, Option<string[]> option) =>
        (parsed.GetValue(option) ?? []).SelectMany(each => each.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static Option<string[]> Lists(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value, Arity = ArgumentArity.OneOrMore };
}
