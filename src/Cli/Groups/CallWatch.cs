namespace Ledger.Cli.Groups;

/// <summary>The supervisor of the calls that its program starts ('ledger run' within it names it): says which crashed. Its
/// restart under the same id is told of those that were not confirmed.</summary>
internal sealed class CallWatch(Action<string> tell) : ISupervisor
{
    public static Task<IDisposable> RegisterAsync(LedgerParticipant participant, SuperviseRequest request, Action<string> tell)
    {
        var policy = request.Settings.StartInfo!.RestartPolicy;
        var first = policy.BackoffIntervalsMs.IsEmpty ? 0 : policy.BackoffIntervalsMs[0];
        // So long others leave the calls to the next one.
        var grace = TimeSpan.FromMilliseconds(Math.Min(first + request.Settings.StartTimeoutMs, TimeSpan.FromDays(1).TotalMilliseconds));
        return participant.RegisterSupervisorAsync(
            request.SupervisorId, new CallWatch(tell), new SupervisorOptions { RestartGrace = policy.MaxAttempts == 0 ? TimeSpan.Zero : grace });
    }

    public ValueTask OnCallCrashedAsync(CrashedCall crash, CancellationToken cancellationToken)
    {
        var again = crash.Repeat ? ", told again" : "";
        tell($"call {crash.Call.CallId} of operation {crash.Call.OperationId} crashed ({Model.Wire.Name(crash.Evidence)}{again})");
        return ValueTask.CompletedTask;
    }
}
