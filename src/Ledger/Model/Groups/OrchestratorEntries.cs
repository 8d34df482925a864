namespace Ledger.Model.Groups;

/// <summary>The proposer becomes the orchestrator, if the term is still the one it expects and its orchestrator is gone.
/// </summary>
/// <param name="ExpectedTerm">The term it ends.</param>
/// <param name="KeepStartInfos">If nobody else lives, keep what the lost supervisors were registered with.</param>
internal sealed record OrchestratorTakenOver(long ExpectedTerm, bool KeepStartInfos) : GroupEntryData
{
    public override GroupEntryType Type => GroupEntryType.OrchestratorTakenOver;
}

/// <summary>It is at work.</summary>
internal sealed record OrchestratorReady(long Term) : OrchestratorEntry(Term)
{
    public override GroupEntryType Type => GroupEntryType.OrchestratorReady;
}

/// <summary>It ends its work.</summary>
internal sealed record OrchestratorStopping(long Term) : OrchestratorEntry(Term)
{
    public override GroupEntryType Type => GroupEntryType.OrchestratorStopping;
}

/// <summary>It has ended its work.</summary>
internal sealed record OrchestratorStopped(long Term) : OrchestratorEntry(Term)
{
    public override GroupEntryType Type => GroupEntryType.OrchestratorStopped;
}

/// <summary>The proposer found processes of the group without a living owner, and ended them.</summary>
internal sealed record OrphansFound(int Count, string? Details) : GroupEntryData
{
    public override GroupEntryType Type => GroupEntryType.OrphansFound;
}
