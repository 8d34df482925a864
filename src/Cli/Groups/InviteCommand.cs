using System.CommandLine;
using Ledger.Cli.Shared;
using Ledger.Groups;
using Ledger.Hosting;
using Ledger.Log;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Cli.Groups;

/// <summary><c>ledger invite</c>: reserves a participant id for who shows the token, and waits for what becomes of it.</summary>
internal static class InviteCommand
{
    private const string ParticipantId = "ledger-invite";

    /// <summary>An orchestrator ends it an interval after its time; where there is none, nobody but its inviter can.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(2 * GroupPlan.InvitationMs);
    private static readonly Option<string> Group = GroupArguments.Group();
    private static readonly Argument<string> Member = new("MEMBER") { Description = "Participant id that is reserved.", HelpName = "MEMBER" };

    public static Command Create() => new Command("invite", "Reserve a participant id of a group for who shows the printed token, once, within 30 s.")
        {
            Group,
            Member,
        }
        .Does(RunAsync)
        .WithExamples(
            "ledger invite --group shop web                                          prints ID:TOKEN, and waits",
            $"{InvitationVariable.Name}=ID:TOKEN ledger supervise --group shop --id web -- ./web",
            "",
            "Ctrl-C cancels it. Exit codes: 0 it was used, 1 it was cancelled by another, 124 it has expired.");

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var groupId = Identifier.Require(invocation.Get(Group)!, "group id");
        var member = Identifier.Require(invocation.Get(Member)!, "participant id");
        var ledger = await invocation.OpenAsync(cancellationToken);
        await using var participant = await ledger.JoinAsync(ParticipantId, cancellationToken);
        var group = await participant.VisitGroupAsync(groupId, cancellationToken);
        var made = await group.InviteAsync(member, cancellationToken);
        invocation.Output.Line(invocation.Json
            ? JsonLines.Object(w => w.Field("inviteId", made.InviteId).Field("participantId", member).Field("invitation", InvitationVariable.Write(made)))
            : InvitationVariable.Write(made));
        try
        {
            return Tell(invocation, await EndAsync(group, made.InviteId, invocation.Time, cancellationToken), member);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await CancelAsync(group, made.InviteId);
            throw;
        }
    }

    /// <summary>How it ended.</summary>
    private static async Task<InvitationStatus> EndAsync(LedgerGroup group, string inviteId, TimeProvider time, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(Bound, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            var state = await group.WaitUntilAsync(s => Status(s, inviteId) != InvitationStatus.Open, either.Token);
            return Status(state, inviteId);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await CancelAsync(group, inviteId);
            var last = Status(group.State, inviteId);
            return last == InvitationStatus.Cancelled ? InvitationStatus.Expired : last;
        }
    }

    private static int Tell(Invocation invocation, InvitationStatus how, string member)
    {
        if (how != InvitationStatus.Used) invocation.Output.Note($"the invitation of '{member}' is {Wire.Name(how)}");
        return how switch
        {
            InvitationStatus.Used => ExitCodes.Done,
            InvitationStatus.Expired => ExitCodes.TimedOut,
            _ => ExitCodes.No,
        };
    }

    /// <summary>Where somebody was faster, it is over all the same.</summary>
    private static async Task CancelAsync(LedgerGroup group, string inviteId)
    {
        try
        {
            await group.CancelInvitationAsync(inviteId, CancellationToken.None);
        }
        catch (GroupRejectedException e) when (e.Code is GroupReasons.InvitationUsed or GroupReasons.InvitationExpired or GroupReasons.InvitationCancelled)
        {
            // Its end stands in the group's state.
        }
    }

    private static InvitationStatus Status(GroupState state, string inviteId) =>
        state.Invitations.GetValueOrDefault(inviteId)?.Status ?? InvitationStatus.Expired;
}
