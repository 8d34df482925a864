using Ledger.Model;

namespace Ledger.Runtime.Replication;

/// <summary>Entries that one caller proposes together.</summary>
internal sealed class Proposal<TData, TOutcome>(IReadOnlyList<TData> data)
{
    private readonly List<TOutcome> outcomes = new(data.Count);
    private LedgerException? error;

    public IReadOnlyList<TData> Data => data;

    public bool IsDone => error is not null || outcomes.Count == data.Count;

    public void Answer(TOutcome outcome) => outcomes.Add(outcome);

    public void Fail(LedgerException e)
    {
        if (!IsDone) error = e;
    }

    public List<TOutcome> Result() => error is null ? outcomes : throw error;
}
