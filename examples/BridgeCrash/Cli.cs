using Ledger;
using Ledger.Model;

namespace BridgeCrash;

/// <summary>The tool at the top: it begins the operation, and waits for an answer that will never come.</summary>
internal static class Cli
{
    public const string Name = "CLI";
    public const string Call = "ask";

    public static async Task<int> RunAsync(LedgerParticipant participant)
    {
        await using var operation = await participant.CreateOperationAsync(Role.Operation);
        var call = await operation.StartCallAsync(Call);
        call.OnCleanup(_ =>
        {
            Role.Say("removes its progress bar");
            return ValueTask.CompletedTask;
        });
        Role.Say("asks the Bridge, and waits for the answer");
        try
        {
            Role.Say($"got an answer: {await operation.GuardAsync(AnswerAsync, call)}");
        }
        catch (CalleeCrashedException e)
        {
            Role.Say($"is told: {e.Cause}");
        }
        var end = await operation.WaitForTerminalAsync();
        Role.Say($"sees the end: {Wire.Name(end.Status)}");
        return end.Cause is { Type: CauseType.ParticipantCrashed, ParticipantId: Bridge.Name } ? 0 : 1;
    }

    /// <summary>Stands for a pipe or a socket: it does not tell that the one at its other end is gone.</summary>
    private static async Task<string> AnswerAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return "";
    }
}
