using Ledger.Model;
using Ledger.Rules;

namespace Ledger;

/// <summary>One entry of an operation's log, what it did, and the state after it. Rejected entries are in the stream
/// too.</summary>
/// <param name="Entry">Who proposed what.</param>
/// <param name="Outcome">What it did.</param>
/// <param name="State">The operation after it.</param>
public sealed record StateChange(Entry Entry, Outcome Outcome, OperationState State)
{
    /// <summary>Grows along the operation; a stream can be taken up behind any position.</summary>
    public long Position => Outcome.Position;

    /// <summary>What kind of entry it is.</summary>
    public EntryType Type => Entry.Data.Type;
}

/// <summary>How an operation's awaitables end.</summary>
/// <param name="Status">Its state.</param>
/// <param name="Cause">Why, unless it completed.</param>
public sealed record OperationResult(OperationStatus Status, Cause? Cause)
{
    /// <summary>True when it completed: success is never reported as a crash, nor a crash as success.</summary>
    public bool IsCompleted => Status == OperationStatus.Completed;
}

/// <summary>One operation in a list.</summary>
/// <param name="OperationId">Its id.</param>
/// <param name="Status">Its state, folded from its log.</param>
/// <param name="StartTime">For people: UTC, ISO 8601.</param>
/// <param name="Frames">Calls on its stack.</param>
/// <param name="Initiator">The initiator's participant id.</param>
/// <param name="IsArchived">It lies in the backup.</param>
public sealed record OperationSummary(
    string OperationId, OperationStatus Status, string StartTime, int Frames, string Initiator, bool IsArchived);
