using Ledger.Model;

namespace Ledger;

/// <summary>Told of the calls that name its id, in every operation, in the order of each operation's log. Each method runs on
/// no ledger thread, bounded by <see cref="SupervisorOptions.CallbackBound"/>; an exception is recorded and goes no
/// further. A slow callback delays later ones of the same operation only.</summary>
public interface ISupervisor
{
    /// <summary>A call that names this supervisor is on the stack; also told of those that were when it registered.</summary>
    ValueTask OnCallStartedAsync(SupervisedCall call, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>It left the stack by itself.</summary>
    ValueTask OnCallEndedAsync(SupervisedCall call, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>It crashed. At least once: after a crash of the supervisor itself its successor under the same id is told of
    /// what was not confirmed, with <see cref="CrashedCall.Repeat"/>.</summary>
    ValueTask OnCallCrashedAsync(CrashedCall crash, CancellationToken cancellationToken);

    /// <summary>Another incarnation registered this id in an operation: that one acts there now.</summary>
    ValueTask OnReplacedAsync(string operationId, string byParticipantId, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;
}

/// <summary>A call, as its supervisor sees it.</summary>
/// <param name="OperationId">The operation.</param>
/// <param name="CallId">The call.</param>
/// <param name="Handle">What the supervisor knows it by: the handle it was started with, else the call id.</param>
/// <param name="ParticipantId">Whose call it is.</param>
/// <param name="FencingToken">Its fencing token.</param>
public sealed record SupervisedCall(
    string OperationId, string CallId, string Handle, string ParticipantId, long FencingToken);

/// <summary>A crashed call.</summary>
/// <param name="Call">Which.</param>
/// <param name="Evidence">What the crash was concluded from.</param>
/// <param name="Repeat">An earlier incarnation of the supervisor may have been told already.</param>
/// <param name="AlreadyCleaned">Others cleaned it, because no supervisor was there in time.</param>
public sealed record CrashedCall(SupervisedCall Call, EvidenceType Evidence, bool Repeat, bool AlreadyCleaned);

/// <summary>How a supervisor is registered.</summary>
public sealed record SupervisorOptions
{
    /// <summary>How long others wait for a successor after this supervisor's death before they clean its calls without it.
    /// Default 0; at most 1 day.</summary>
    public TimeSpan RestartGrace { get; init; } = TimeSpan.Zero;

    /// <summary>How long one callback may take; a crash callback that takes a staleness threshold longer makes the
    /// supervisor count as dead for that call. Default 30 s; 10 ms to 1 hour.</summary>
    public TimeSpan CallbackBound { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Throws when a value is out of its range.</summary>
    /// <exception cref="ArgumentException">Names the option and its range.</exception>
    public void Validate()
    {
        if (RestartGrace < TimeSpan.Zero || RestartGrace > TimeSpan.FromDays(1))
            throw new ArgumentException($"SupervisorOptions.RestartGrace is {RestartGrace}; it must be 0 to 1 day.");
        if (CallbackBound < TimeSpan.FromMilliseconds(10) || CallbackBound > TimeSpan.FromHours(1))
            throw new ArgumentException($"SupervisorOptions.CallbackBound is {CallbackBound}; it must be 10 ms to 1 hour.");
    }
}
