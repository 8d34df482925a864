namespace Ledger.Model.Groups;

/// <summary>An entry about one command.</summary>
internal abstract record CommandEntry(string CommandId) : GroupEntryData;

/// <summary>Sends a command to a member.</summary>
/// <param name="CommandId">Its id.</param>
/// <param name="To">Incarnation of the receiver.</param>
/// <param name="Name">What is to be done.</param>
/// <param name="Arguments">JSON text, or null.</param>
/// <param name="DeadlineMs">How long it may take, in milliseconds.</param>
internal sealed record CommandSent(string CommandId, string To, string Name, string? Arguments, long DeadlineMs)
    : CommandEntry(CommandId)
{
    public override GroupEntryType Type => GroupEntryType.CommandSent;
}

/// <summary>The receiver will execute it, if this is accepted.</summary>
internal sealed record CommandTaken(string CommandId) : CommandEntry(CommandId)
{
    public override GroupEntryType Type => GroupEntryType.CommandTaken;
}

/// <summary>Done; the result is JSON text.</summary>
internal sealed record CommandDone(string CommandId, string? Result) : CommandEntry(CommandId)
{
    public override GroupEntryType Type => GroupEntryType.CommandDone;
}

/// <summary>It failed.</summary>
internal sealed record CommandFailed(string CommandId, string Reason) : CommandEntry(CommandId)
{
    public override GroupEntryType Type => GroupEntryType.CommandFailed;
}

/// <summary>The receiver does not take it.</summary>
internal sealed record CommandRefused(string CommandId, string Reason) : CommandEntry(CommandId)
{
    public override GroupEntryType Type => GroupEntryType.CommandRefused;
}

/// <summary>Sender, receiver or orchestrator found that its deadline has passed.</summary>
internal sealed record CommandExpired(string CommandId) : CommandEntry(CommandId)
{
    public override GroupEntryType Type => GroupEntryType.CommandExpired;
}

/// <summary>Opens a barrier over the members of this moment.</summary>
internal sealed record BarrierOpened(string BarrierId) : GroupEntryData
{
    public override GroupEntryType Type => GroupEntryType.BarrierOpened;
}

/// <summary>The proposer has reached it.</summary>
internal sealed record BarrierReached(string BarrierId) : GroupEntryData
{
    public override GroupEntryType Type => GroupEntryType.BarrierReached;
}
