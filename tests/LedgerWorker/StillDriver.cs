using Ledger.Runtime;

namespace Ledger.Worker;

/// <summary>Nothing happens by itself: what the participant's threads would do, the program does, on its one thread.</summary>
internal sealed class StillDriver : IDriver
{
    public void Start(ParticipantCore core) { }

    public void Wake() { }

    public long NextDueMs(long nowMs, long periodMs) => nowMs + periodMs;

    public void Run(Func<Task> work) { }

    public void Dispose() { }
}
