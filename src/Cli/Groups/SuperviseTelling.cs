using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Cli.Groups;

/// <summary>Tells a person at the terminal what the group does with this supervisor, and through this process, until it is
/// stopped or dead.</summary>
internal sealed class SuperviseTelling(string supervisorId, LedgerGroup group, Action<string> tell)
{
    public async Task RunAsync(long after, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in group.Changes(after, cancellationToken).ConfigureAwait(false))
            {
                if (change.Outcome is not { Accepted: true } outcome) continue;
                foreach (var happened in outcome.Events) Tell(change.State, happened);
                if (outcome.Events.OfType<SupervisorChanged>().Any(IsLast)) return;
            }
        }
        catch (OperationCanceledException)
        {
            // What comes now is told by nobody: the process ends.
            return;
        }
        catch (LedgerException e)
        {
            tell(e.Message);
        }
    }

    private bool IsLast(SupervisorChanged step) =>
        step.SupervisorId == supervisorId && step.To is (null or SupervisorStatus.Stopped or SupervisorStatus.Dead);

    private void Tell(GroupState state, GroupEvent happened)
    {
        if (happened is OrchestratorChanged { Orchestrator: { Status: OrchestratorStatus.Starting } o } && o.Incarnation == group.Participant.Incarnation)
            tell($"orchestrates group {group.GroupId} from here (term {o.Term})");
        if (happened is not SupervisorChanged step || step.SupervisorId != supervisorId) return;
        if (state.Supervisors.GetValueOrDefault(supervisorId) is { } now && GroupMessages.Step(now, step) is { } text)
            tell($"{supervisorId}: {text}");
    }
}
