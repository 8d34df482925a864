using System.CommandLine;
using Ledger.Cli.Groups;
using Ledger.Cli.Shared;
using Ledger.Model;

namespace Ledger.Cli.Run;

/// <summary>The options of <c>ledger run</c>, and how they become a request.</summary>
internal sealed class RunOptions
{
    private static readonly TimeSpan LongestCleanup = TimeSpan.FromHours(23);
    private static readonly TimeSpan ShortestWatchdog = TimeSpan.FromMilliseconds(100);

    private readonly Option<string?> operation = Text("--operation", "ID", "Join this operation. Default: that of the surrounding 'ledger run', else a new one.");
    private readonly Option<bool> create = new("--create") { Description = "Create the operation if there is none of that id." };
    private readonly Option<string?> name = Text("--name", "NAME", "Participant id. Default: the command's base name.");
    private readonly Option<string?> call = Text("--call", "ID", "Call id. Default: the name and a random suffix.");
    private readonly Option<string?> caller = Text("--caller", "CALL", "The calling call. Default: that of the surrounding 'ledger run', else none.");
    private readonly Option<string?> description = Text("--description", "TEXT", "For people.");
    private readonly Option<string?> supervisor = Text("--supervisor", "ID", "Who is told of a crash of the call, and cleans it up. Default: the surrounding 'ledger supervise'.");
    private readonly Option<string?> handle = Text("--handle", "TEXT", "What the supervisor knows the call by. Default: the call id.");
    private readonly Option<bool> contain = new("--contain") { Description = "A crash or failure of the call does not fail its caller." };
    private readonly Option<string[]> temp = new("--temp")
    {
        Description = "A path the command will make; deleted at the end in any case. Repeatable.",
        HelpName = "PATH",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> onCleanup = Text("--on-cleanup", "COMMAND", "Run by the shell when the call is cleaned up.");
    private readonly Option<TimeSpan?> cleanupTimeout = Durations.Option("--cleanup-timeout", "How long --on-cleanup may take. Default: 30s.");
    private readonly Option<TimeSpan?> grace = Durations.Option("--grace", "Between TERM and KILL when the command is stopped. Default: 5s.");
    private readonly Option<TimeSpan?> watchdog = Durations.Option("--watchdog", "The command reports progress at least this often ('ledger progress'), or counts as hung.");
    private readonly Option<TimeSpan?> completeTimeout = Durations.Option("--complete-timeout", "How long to wait for other calls before the operation that this run created is aborted. Default: 10m.");
    private readonly Option<int?> statusFd = new("--status-fd") { Description = "Write events as JSON lines to this open descriptor.", HelpName = "N" };
    private readonly Option<string> onIsolated = new Option<string>("--on-isolated")
    {
        Description = "What to do when the ledger cannot be reached for the staleness threshold.",
        HelpName = "stop|continue",
        DefaultValueFactory = _ => "continue",
    }.AcceptOnlyFromAmong("stop", "continue");

    private readonly Argument<string[]> words = CommandWords.Argument();

    public void AddTo(Command command)
    {
        Option[] all =
        [
            operation, create, name, call, caller, description, supervisor, handle, contain, temp, onCleanup, cleanupTimeout,
            grace, watchdog, completeTimeout, statusFd, onIsolated,
        ];
        foreach (var each in all) command.Options.Add(each);
        command.Arguments.Add(words);
    }

    /// <summary>What was asked, with the defaults filled in.</summary>
    /// <exception cref="ArgumentException">It cannot be meant; nothing has been touched.</exception>
    public RunRequest Read(ParseResult parsed, Func<string, string?> variable, TimeProvider time)
    {
        var command = CommandWords.Behind(parsed, words);
        var path = parsed.GetValue(CommonOptions.Ledger);
        var ledger = Path.GetFullPath(LedgerPaths.Resolve(path, variable));
        var surrounding = SurroundingRun.Find(ledger, variable);
        var participant = Id(parsed, name, "participant id") ?? RunNames.Participant(command[0]);
        var joined = Id(parsed, operation, "operation id") ?? surrounding?.OperationId;
        var isCallersOperation = joined is not null && joined == surrounding?.OperationId;
        return Checked(new RunRequest
        {
            LedgerPath = ledger,
            IsDefaultPath = path is null && string.IsNullOrEmpty(variable(LedgerPaths.Variable)),
            OperationId = joined is null ? null : Identifier.Require(joined, "operation id"),
            Create = parsed.GetValue(create),
            Name = participant,
            CallId = Id(parsed, call, "call id") ?? RunNames.Call(participant),
            CallerId = Id(parsed, caller, "call id") ?? (isCallersOperation ? CallOf(surrounding!) : null),
            Description = parsed.GetValue(description),
            SupervisorId = Id(parsed, supervisor, "supervisor id") ?? GroupVariables.Surrounding(ledger, variable),
            SupervisorHandle = parsed.GetValue(handle),
            Contain = parsed.GetValue(contain),
            TemporaryPaths = parsed.GetValue(temp) ?? [],
            OnCleanup = parsed.GetValue(onCleanup),
            CleanupTimeout = parsed.GetValue(cleanupTimeout) ?? TimeSpan.FromSeconds(30),
            Grace = parsed.GetValue(grace) ?? TimeSpan.FromSeconds(5),
            Watchdog = parsed.GetValue(watchdog),
            CompleteTimeout = parsed.GetValue(completeTimeout) ?? TimeSpan.FromMinutes(10),
            StatusDescriptor = parsed.GetValue(statusFd),
            StopWhenIsolated = parsed.GetValue(onIsolated) == "stop",
            IsNested = SurroundingRun.IsAny(variable),
            Command = command[0],
            Arguments = command[1..],
        });
    }

    private static string? CallOf(SurroundingRun surrounding) =>
        surrounding.CallId is { } id ? Identifier.Require(id, $"call id ({RunVariables.Call})") : null;

    private static RunRequest Checked(RunRequest request)
    {
        if (request.CleanupBound > LongestCleanup)
            throw new ArgumentException("--grace and --cleanup-timeout are too long: together they must be less than 1379m.");
        if (request.Watchdog < ShortestWatchdog)
            throw new ArgumentException("--watchdog is too short: it must be at least 100ms.");
        if (request.TemporaryPaths.Any(string.IsNullOrWhiteSpace)) throw new ArgumentException("--temp is empty: name a path.");
        if (request.StatusDescriptor is { } n && !StatusEvents.IsOpen(n))
            throw new ArgumentException($"--status-fd is {n}, but no such descriptor was passed on: redirect it, as in '{n}>events'.");
        return request;
    }

    private static string? Id(ParseResult parsed, Option<string?> option, string what) =>
        parsed.GetValue(option) is { } id ? Identifier.Require(id, what) : null;

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };
}
