namespace Ledger.Tests.Scenarios;

/// <summary>Writes down what it is told.</summary>
internal sealed class RecordingSupervisor : ISupervisor
{
    public List<string> Told { get; } = [];

    public List<CrashedCall> Crashes { get; } = [];

    /// <summary>What its crash callback does besides.</summary>
    public Func<CrashedCall, CancellationToken, ValueTask>? Then { get; set; }

    public ValueTask OnCallStartedAsync(SupervisedCall call, CancellationToken cancellationToken) => Note("started", call);

    public ValueTask OnCallEndedAsync(SupervisedCall call, CancellationToken cancellationToken) => Note("ended", call);

    public async ValueTask OnCallCrashedAsync(CrashedCall crash, CancellationToken cancellationToken)
    {
        await Note("crashed", crash.Call);
        Crashes.Add(crash);
        if (Then is not null) await Then(crash, cancellationToken);
    }

    public ValueTask OnReplacedAsync(string operationId, string byParticipantId, CancellationToken cancellationToken)
    {
        Told.Add($"replaced by {byParticipantId}");
        return ValueTask.CompletedTask;
    }

    private ValueTask Note(string what, SupervisedCall call)
    {
        Told.Add($"{what} {call.Handle}");
        return ValueTask.CompletedTask;
    }
}
