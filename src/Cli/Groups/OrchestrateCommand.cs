using System.CommandLine;
using Ledger.Cli.Shared;
using Ledger.Groups;
using Ledger.Hosting;
using Ledger.Hosting.Supervision;
using Ledger.Hosting.Supervision.Groups;
using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Cli.Groups;

/// <summary><c>ledger orchestrate</c>: stands by, and orchestrates when elected.</summary>
internal static class OrchestrateCommand
{
    private const string Verb = "orchestrate";
    private static readonly Option<string> Group = GroupArguments.Group();
    private static readonly Option<string?> Name = new("--name") { Description = "Participant id. Default: orchestrator.", HelpName = "NAME" };
    private static readonly Option<bool> Keep = new("--keep")
    {
        Description = "If nobody of the group lives: start again what was registered, instead of afresh.",
    };

    public static Command Create() => new Command(Verb, "Stand by, and orchestrate a group when elected; runs no program of its own.")
        {
            Group,
            Name,
            Keep,
        }
        .Does(RunAsync)
        .WithExamples(
            "ledger orchestrate --group shop",
            "ledger orchestrate --group shop --keep       after a reboot, start again what ran",
            "",
            "Ctrl-C hands over and leaves. Coupled programs that it restarted end with it, and are restarted by the next one.");

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var id = Identifier.Require(invocation.Get(Group)!, "group id");
        var invitation = InvitationVariable.Read(Environment.GetEnvironmentVariable);
        InvitationVariable.Forget();
        var ledger = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = invocation.LedgerPath }, cancellationToken);
        await using var participant = await ledger.JoinAsync(
            Identifier.Require(invocation.Get(Name) ?? "orchestrator", "participant id"), cancellationToken);
        var host = new ProgramHost(error => Tell(error.Message));
        await using var group = await participant.JoinGroupAsync(id, new GroupOptions
        {
            CanOrchestrate = true,
            CanSpawn = true,
            KeepStartInfos = invocation.Get(Keep),
            InviteId = invitation?.InviteId,
            Token = invitation?.Token,
            Executor = new GroupExecutor(host, invocation.Time, null, Tell),
        }, cancellationToken);
        using var terminalStop = new TerminalStop(participant, null);
        Tell($"stands by for group {id}");
        try
        {
            await FollowAsync(group, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Tell("hands over and leaves");
            return ExitCodes.Done;
        }
        Tell("the group went on without this process: it was taken for dead");
        return Run.RunExitCodes.Ended;
    }

    /// <summary>Until this process is a member no longer. The stream alone would not tell: it may be ahead of what this process
    /// knows, and nothing need follow.</summary>
    private static async Task FollowAsync(LedgerGroup group, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, group.Ended);
        try
        {
            await foreach (var change in group.Changes(group.State.Position, either.Token))
            {
                foreach (var happened in change.Outcome is { Accepted: true } outcome ? outcome.Events : [])
                {
                    if (Describe(group, happened) is { } text) Tell(text);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It is out.
            return;
        }
    }

    private static string? Describe(LedgerGroup group, GroupEvent happened) => happened switch
    {
        OrchestratorChanged { Orchestrator: { Status: OrchestratorStatus.Starting } o } => o.Incarnation == group.Participant.Incarnation
            ? $"orchestrates from here (term {o.Term})"
            : $"{group.State.Members.GetValueOrDefault(o.Incarnation)?.ParticipantId} orchestrates (term {o.Term})",
        GroupAlert { Kind: not AlertKind.OrchestratorTakeover } alert when group.IsOrchestrator =>
            $"{alert.Subject}: {Wire.Name(alert.Kind)}{(alert.Reason is { } reason ? $": {reason}" : "")}",
        _ => null,
    };

    private static void Tell(string message) => GroupMessages.Tell(Verb, message);
}
