using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Worker;

/// <summary>What a worker does in a group: it may orchestrate, executes commands, and tells of both.</summary>
internal sealed class GroupVerbs(LedgerParticipant participant, Action<string> say)
{
    private LedgerGroup? group;

    public async Task<string> JoinAsync(string groupId)
    {
        group = await participant.JoinGroupAsync(groupId, new GroupOptions { CanOrchestrate = true });
        group.HandleCommands((command, _) =>
        {
            say($"executes {command.CommandId}");
            return Task.FromResult(command.Arguments);
        });
        _ = TellAsync(group);
        return "";
    }

    /// <summary>RECEIVER ARGUMENTS COMMAND-ID.</summary>
    public async Task<string> SendAsync(string to, string arguments, string commandId)
    {
        var result = await group!.SendAsync(to, "work", arguments, TimeSpan.FromSeconds(20), commandId);
        return $"{result.CommandId} {Wire.Name(result.Status)} {result.Answer}";
    }

    private async Task TellAsync(LedgerGroup joined)
    {
        await foreach (var change in joined.Changes())
        {
            foreach (var o in change.Outcome?.Events.OfType<OrchestratorChanged>() ?? [])
                say($"orchestrator {o.Orchestrator.Incarnation} {o.Orchestrator.Term} {Wire.Name(o.Orchestrator.Status)}");
        }
    }
}
