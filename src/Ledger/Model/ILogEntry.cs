namespace Ledger.Model;

/// <summary>What every entry has, whatever kind of log it stands in.</summary>
internal interface ILogEntry
{
    /// <summary>An entry of another nonce than the log's is void.</summary>
    string Nonce { get; }

    /// <summary>Counts the incarnation's entries; a retry keeps its number.</summary>
    long Sequence { get; }

    /// <summary>Who proposes.</summary>
    string Incarnation { get; }
}
