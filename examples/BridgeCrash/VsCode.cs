using Ledger;
using Ledger.Model;

namespace BridgeCrash;

/// <summary>The one at the bottom: it holds an editor open for a Bridge that is gone.</summary>
internal static class VsCode
{
    public const string Name = "VSCode";

    public static async Task<int> RunAsync(LedgerParticipant participant)
    {
        await using var operation = await participant.JoinOperationAsync(Role.Operation);
        var call = await operation.StartCallAsync("edit", new CallOptions { CallerId = Bridge.Call });
        call.OnCleanup(context =>
        {
            Role.Say($"is told: {context.Cause}");
            Role.Say("closes the editor that it had opened for the Bridge");
            return ValueTask.CompletedTask;
        });
        Role.Say("works on it");
        var end = await operation.WaitForTerminalAsync();
        Role.Say($"sees the end: {Wire.Name(end.Status)}");
        return end.Cause is { Type: CauseType.ParticipantCrashed, ParticipantId: Bridge.Name } ? 0 : 1;
    }
}
