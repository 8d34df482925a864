using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Cli.Groups;

/// <summary>Tells a person at the terminal what the group does with these supervisors, and through this process, until they are
/// stopped or dead.</summary>
internal sealed class SuperviseTelling(IReadOnlyCollection<string> supervisorIds, LedgerGroup group, Action<string> tell)
{
    public async Task RunAsync(long after, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in group.Changes(after, cancellationToken).ConfigureAwait(false))
            {
                if (change.Outcome is not { Accepted: true } outcome) continue;
                foreach (var happened in outcome.Events) Tell(change.State, happened);
                if (outcome.Events.OfType<SupervisorChanged>().Any(IsLast) && supervisorIds.All(id => IsOver(change.State, id))) return;
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
        supervisorIds.Contains(step.SupervisorId) && step.To is (null or SupervisorStatus.Stopped or SupervisorStatus.Dead);

    private static bool IsOver(GroupState state, string id) =>
        state.Supervisors.GetValueOrDefault(id) is null or { Status: SupervisorStatus.Stopped or SupervisorStatus.Dead };

    private void Tell(GroupState state, GroupEvent happened)
    {
        if (happened is OrchestratorChanged { Orchestrator: { Status: OrchestratorStatus.Starting } o } && o.Incarnation == group.Participant.Incarnation)
            tell($"orchestrates group {group.GroupId} from here (term {o.Term})");
        if (happened is not SupervisorChanged step || !supervisorIds.Contains(step.SupervisorId)) return;
        if (state.Supervisors.GetValueOrDefault(step.SupervisorId) is { } now && GroupMessages.Step(now, step) is { } text)
            tell($"{step.SupervisorId}: {text}");
    }
}
