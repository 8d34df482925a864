using Ledger.Model;
using Ledger.Rules;
using Ledger.Runtime.Replication;

namespace Ledger.Runtime;

/// <summary>One process's copy of one operation.</summary>
internal sealed class Replica : LogReplica<OperationState, Entry, EntryData, Outcome>
{
    public Replica(FoldReader reader, Clock clock, string participantId, string incarnation)
        : base(reader, clock, participantId, incarnation) => Late = FindOrphan;

    public string OperationId => Id;

    /// <summary>Told of a call that was accepted after its proposer had given up: nobody owns its frame.</summary>
    public Action<Frame>? Orphaned { get; set; }

    private void FindOrphan(Applied applied)
    {
        if (applied is { Entry.Data: CallStarted, Outcome.Accepted: true })
            Orphaned?.Invoke(applied.State.Stack[applied.Outcome.Position]);
    }
}
