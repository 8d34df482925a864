namespace Ledger.Cli.Groups;

/// <summary>The supervisor of the calls that its program starts ('ledger run' within it names it): says which crashed. Its
/// restart under the same id is told of those that were not confirmed.</summary>
internal sealed class CallWatch(Action<string> tell) : ISupervisor
{
    public ValueTask OnCallCrashedAsync(CrashedCall crash, CancellationToken cancellationToken)
    {
        var again = crash.Repeat ? ", told again" : "";
        tell($"call {crash.Call.CallId} of operation {crash.Call.OperationId} crashed ({Model.Wire.Name(crash.Evidence)}{again})");
        return ValueTask.CompletedTask;
    }
}
