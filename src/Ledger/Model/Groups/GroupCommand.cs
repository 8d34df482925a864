using System.Collections.Immutable;

namespace Ledger.Model.Groups;

/// <summary>A command from one participant to a member.</summary>
/// <param name="CommandId">Its id: sent again under the same id it has no second effect.</param>
/// <param name="From">Incarnation of the sender.</param>
/// <param name="FromParticipant">The sender's participant id.</param>
/// <param name="To">Incarnation of the receiver.</param>
/// <param name="Name">What is to be done.</param>
/// <param name="Arguments">JSON text, or null.</param>
/// <param name="DeadlineMs">How long it may take, in milliseconds.</param>
/// <param name="SentAt">Position of the entry that sent it.</param>
public sealed record GroupCommand(
    string CommandId, string From, string FromParticipant, string To, string Name, string? Arguments, long DeadlineMs,
    long SentAt)
{
    /// <summary>Where it is.</summary>
    public CommandStatus Status { get; init; }

    /// <summary>The result when done (JSON text, or null), else the reason of its outcome.</summary>
    public string? Answer { get; init; }

    /// <summary>Position of the entry that gave its outcome, else 0.</summary>
    public long EndedAt { get; init; }

    /// <summary>True once it has its outcome.</summary>
    public bool IsOver => Status > CommandStatus.Taken;
}

/// <summary>A point that all members of one moment reach; who drains or dies is dropped.</summary>
/// <param name="BarrierId">Its id.</param>
/// <param name="OpenedAt">Position of the entry that opened it.</param>
/// <param name="Waiting">Incarnations that have not reached it yet.</param>
/// <param name="Reached">Incarnations that have.</param>
public sealed record GroupBarrier(
    string BarrierId, long OpenedAt, ImmutableSortedSet<string> Waiting, ImmutableSortedSet<string> Reached)
{
    /// <summary>Position of the entry that completed it, else 0.</summary>
    public long CompletedAt { get; init; }
}
