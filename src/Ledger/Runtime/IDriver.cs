namespace Ledger.Runtime;

/// <summary>What makes a participant move: threads and kernel events on a real clock, the clock's own timers on a stepped
/// one.</summary>
internal interface IDriver : IDisposable
{
    /// <summary>Begins to call <see cref="ParticipantCore.Beat"/> and <see cref="ParticipantCore.Tick"/>.</summary>
    void Start(ParticipantCore core);

    /// <summary>Asks for a tick soon. Cheap; from any thread.</summary>
    void Wake();

    /// <summary>When a tick is due that comes a period after now, at the latest.</summary>
    long NextDueMs(long nowMs, long periodMs);

    /// <summary>Starts work that may take long, apart from the caller; failures must not escape it unlogged.</summary>
    void Run(Func<Task> work);
}
