using System.CommandLine;
using Ledger.Cli.Shared;
using Ledger.Groups;
using Ledger.Hosting.Supervision;
using Ledger.Hosting.Supervision.Groups;
using Ledger.Log;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Platform;
using Ledger.Rules.Groups;

namespace Ledger.Cli.Groups;

/// <summary><c>ledger stop</c>: stops supervisors, dependants first, and waits until they are stopped.</summary>
internal static class StopCommand
{
    private const string ParticipantId = "ledger-stop";
    private static readonly Option<string> Group = GroupArguments.Group();
    private static readonly Argument<string?> Id = new("ID")
    {
        Description = "The supervisor; what depends on it is stopped before it.",
        Arity = ArgumentArity.ZeroOrOne,
        HelpName = "ID",
    };

    private static readonly Option<bool> All = new("--all") { Description = "All supervisors of the group." };
    private static readonly Option<TimeSpan?> Timeout = Durations.Option("--timeout", "Give up waiting after so long. Default: 2m.");

    public static Command Create() => new Command("stop", "Stop a supervisor, and before it what depends on it; or all of a group.")
        {
            Group,
            Id,
            All,
            Timeout,
        }
        .Does(RunAsync)
        .WithExamples(
            "ledger stop --group shop web",
            "ledger stop --group shop --all",
            "",
            "Exit codes: 0 stopped, 1 there is no such supervisor, or it does not stop in time.");

    /// <summary>Those that are not stopped yet, each with why.</summary>
    public static IReadOnlyList<string> Remaining(GroupState state, string? id) =>
    [
        .. Meant(state, id).Where(x => x.Status != SupervisorStatus.Stopped)
            .Select(x => $"{x.SupervisorId} is {Wire.Name(x.Status)}{(x.Reason is { } reason ? $" ({reason})" : "")}"),
    ];

    private static IEnumerable<SupervisorEntry> Meant(GroupState state, string? id) =>
        id is null ? state.Supervisors.Values
            : state.Supervisors.ContainsKey(id) ? Dependencies.WithDependants(state, id).Select(each => state.Supervisors[each]) : [];

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var groupId = Identifier.Require(invocation.Get(Group)!, "group id");
        var id = invocation.Get(Id) is { } given ? Identifier.Require(given, "supervisor id") : null;
        if (id is null != invocation.Get(All)) throw new ArgumentException("Name one supervisor, or say --all.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(invocation.Get(Timeout) ?? TimeSpan.FromMinutes(2));
        var ledger = await invocation.OpenAsync(cancellationToken);
        await using var participant = await ledger.JoinAsync(ParticipantId, cancellationToken);
        var state = ledger.ReadGroup(groupId);
        var group = await EnterAsync(participant, state, invocation, cancellationToken);
        try
        {
            await group.StopSupervisorAsync(id, cancellationToken);
        }
        catch (GroupRejectedException e) when (group.IsMember && e.Code == GroupReasons.UnknownSupervisor && state.Supervisors.ContainsKey(id!))
        {
            invocation.Output.Note($"'{id}' went with the last member of its group");
        }
        try
        {
            var names = Meant(group.State, id).Select(x => x.SupervisorId).ToList();
            await group.WaitUntilAsync(now => Remaining(now, id).Count == 0, limit.Token);
            invocation.Output.Line(names.Count == 0 ? "nothing to stop" : $"stopped {string.Join(", ", names)}");
            return ExitCodes.Done;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            foreach (var line in Remaining(group.State, id)) invocation.Output.Note(line);
            return ExitCodes.No;
        }
    }

    /// <summary>A visitor only asks. Where nobody of the group lives any more, somebody has to do it: this process, as a
    /// member, which takes over and drops what the dead had registered.</summary>
    private static async Task<LedgerGroup> EnterAsync(
        LedgerParticipant participant, GroupState state, Invocation invocation, CancellationToken cancellationToken)
    {
        var (ledger, groupId) = (participant.Directory.Context, state.GroupId);
        if (state.Members.Values.Any(m => m.IsPresent && ledger.Processes.Look(m.Process) != ProcessState.Exited))
            return await participant.VisitGroupAsync(groupId, cancellationToken);
        invocation.Output.Note($"nobody of group '{groupId}' lives: looks after it itself");
        var host = new ProgramHost(error => invocation.Output.Note(error.Message));
        return await participant.JoinGroupAsync(groupId, new GroupOptions
        {
            CanOrchestrate = true,
            CanSpawn = true,
            Executor = new GroupExecutor(host, invocation.Time, null, invocation.Output.Note),
        }, cancellationToken);
    }
}
