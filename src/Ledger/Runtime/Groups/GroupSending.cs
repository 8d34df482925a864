using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules;
using Ledger.Rules.Groups;

namespace Ledger.Runtime.Groups;

/// <summary>Sends commands and waits for their one outcome. Whoever sends measures the deadline on its own clock; if it dies,
/// the orchestrator does.</summary>
internal static class GroupSending
{
    public static async Task<CommandResult> SendAsync(
        GroupRuntime group, CommandSent command, CancellationToken cancellationToken)
    {
        var id = command.CommandId;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(command.DeadlineMs), group.Ledger.Clock.Provider);
        var outcome = await group.TryProposeAsync(command, cancellationToken).ConfigureAwait(false);
        // Known: it was sent before, under the same id, and is answered again.
        if (outcome.Rejection is { } rejection && Reasons.Code(rejection) != GroupReasons.CommandKnown)
            throw group.Refusal($"send command '{command.Name}'", rejection);
        var expired = new TaskCompletionSource(Pulse.Flags(group.Core.IsStepped));
        await using var registration = deadline.Token.Register(() => expired.TrySetResult()).ConfigureAwait(false);
        var mayEndIt = true;
        while (true)
        {
            var changed = group.NextChange();
            var present = group.State.Commands.GetValueOrDefault(id)
                ?? throw new LedgerException($"The outcome of command '{id}' in group '{group.GroupId}' is not remembered any more.");
            if (present.IsOver) return new CommandResult(id, present.Status, present.Answer);
            // Only who sent it first, or the orchestrator, may end it: a repetition waits for their word.
            if (expired.Task.IsCompleted && mayEndIt && (present.From == group.Self || group.State.Acting == group.Self))
            {
                var ended = await group.TryProposeAsync(new CommandExpired(id), cancellationToken).ConfigureAwait(false);
                // Refused: it is over by now, or this incarnation has left and is not heard; then the orchestrator ends it.
                mayEndIt = ended.Accepted;
                continue;
            }
            await (expired.Task.IsCompleted ? changed : Task.WhenAny(changed, expired.Task))
                .WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The member a participant id means: the latest that takes part, else the latest that is known, else the id
    /// itself, which is refused as unknown.</summary>
    public static string Receiver(GroupState state, string participantId) => state.Members.Values
        .Where(m => m.ParticipantId == participantId)
        .OrderBy(m => m.Status).ThenByDescending(m => m.JoinedAt)
        .Select(m => m.Incarnation).FirstOrDefault() ?? participantId;
}
