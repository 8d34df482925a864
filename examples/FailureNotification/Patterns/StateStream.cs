using Ledger.Model;

namespace FailureNotification.Patterns;

/// <summary>Follows what happens to a callee in the operation's stream.</summary>
internal static class StateStream
{
    // Naive: subscribe once the call is made, and take "its frame left the stack" for its return. What happened before
    // the subscription is missed, and a frame that was cleaned up after a crash has left the stack, too.
    public static async Task<Verdict> RunAsync(Scene scene)
    {
        var before = (await scene.Operation.ReadAsync()).Position;
        var answer = scene.AskAsync();
        // By the time anybody looks, all is over. The stream tells it all the same, from the position before the call.
        await scene.BeBusyAsync(TimeSpan.FromSeconds(20));
        await foreach (var change in scene.Operation.StateChanges(before))
        {
            if (!change.Outcome.Accepted) continue;
            if (change.Outcome.Crashed.FirstOrDefault(f => f.CallId == Scene.Callee) is { } lost)
                return Verdict.Crashed($"{lost.CallId} of {lost.ParticipantId} at position {change.Position}");
            switch (change.Entry.Data)
            {
                case CallEnded { CallId: Scene.Callee }:
                    return Verdict.Answered(await answer);
                case CallFailed { CallId: Scene.Callee } failed:
                    return Verdict.Crashed($"it failed: {failed.Reason}");
            }
        }
        return Verdict.Crashed("the operation ended before the call did");
    }
}
