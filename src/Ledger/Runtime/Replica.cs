using Ledger.Model;
using Ledger.Rules;
using Ledger.Runtime.Replication;

namespace Ledger.Runtime;

/// <summary>One process's copy of one operation.</summary>
internal sealed class Replica : LogReplica<OperationState, Entry, EntryData, Outcome>
{
    /// <param name="reader">Reads the log.</param>
    /// <param name="clock">For the entries' timestamps.</param>
    /// <param name="participantId">Who proposes.</param>
    /// <param name="incarnation">Which incarnation.</param>
    /// <param name="nextNumber">Numbers the incarnation's entries. One process may for a moment have two replicas of a log; were
    /// their numbers equal, one would take the other's entry for its own. Null: there is only this one.</param>
    public Replica(FoldReader reader, Clock clock, string participantId, string incarnation, Func<long>? nextNumber = null)
        : base(reader, clock, participantId, incarnation)
    {
        Late = FindOrphan;
        NextNumber = nextNumber ?? (static () => 0);
    }

    public string OperationId => Id;

    /// <summary>Told of a call that was accepted after its proposer had given up: nobody owns its frame.</summary>
    public Action<Frame>? Orphaned { get; set; }

    private void FindOrphan(Applied applied)
    {
        if (applied is { Entry.Data: CallStarted, Outcome.Accepted: true })
            Orphaned?.Invoke(applied.State.Stack[applied.Outcome.Position]);
    }
}
