using System.Collections.Immutable;
using Ledger.Model.Groups;

namespace Ledger.Groups;

/// <summary>Does what the group decided about processes on this host. Called apart from the tick, for one supervisor never
/// twice at once; every method may be called again after it failed. What is handed in is the state right before the
/// call: the log was looked at again.</summary>
internal interface IGroupExecutor
{
    /// <summary>Before a start: sees to it that the program last activated (<see cref="SupervisorEntry.Program"/>) and its
    /// process group are gone, as <see cref="ReleaseAsync"/>, and that its ports can be bound.</summary>
    /// <returns>What is still held and by whom, in words; empty when the way is free.</returns>
    Task<ImmutableArray<string>> MakeWayAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken);

    /// <summary>Before a supervisor whose member is gone counts as stopped: sees to it that the program last activated and its
    /// process group are gone; they are ended only with a proven identity.</summary>
    /// <returns>What still lives, in words; empty when nothing does.</returns>
    Task<ImmutableArray<string>> ReleaseAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken);

    /// <summary>Starts the supervisor's program in this process's own care; held, it does nothing yet.</summary>
    /// <exception cref="StartFailedException">It cannot be; nothing is left of the attempt.</exception>
    Task<IStartedProcess> HoldAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken);

    /// <summary>Spawns a process that will activate the supervisor with the token before its program begins.</summary>
    /// <exception cref="StartFailedException">It cannot be; nothing is left of the attempt.</exception>
    Task<IStartedProcess> SpawnAsync(
        LedgerGroup group, SupervisorEntry supervisor, string token, CancellationToken cancellationToken);

    /// <summary>Ends a supervisor's program that this process runs: asks, waits its grace, kills its group.</summary>
    Task StopAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken);

    /// <summary>Ends processes of this group on this host that have no living owner.</summary>
    /// <returns>One text for each that was found.</returns>
    Task<ImmutableArray<string>> SweepAsync(LedgerGroup group, CancellationToken cancellationToken);
}

/// <summary>A process that was started for a supervisor and is not at work yet.</summary>
internal interface IStartedProcess
{
    /// <summary>Of a held program; null for a spawned process, which tells its own.</summary>
    ProgramIdentity? Program { get; }

    /// <summary>The start took effect: a held program begins; of a spawned process nothing more is to be undone.</summary>
    void Release();

    /// <summary>The start is void: ends it and whatever it began.</summary>
    ValueTask DiscardAsync();
}

/// <summary>A start failed at a step.</summary>
internal sealed class StartFailedException(string step, string reason) : Exception($"{step}: {reason}")
{
    /// <summary>Which: <c>program</c>, <c>directory</c>, <c>spawn</c>, ...</summary>
    public string Step { get; } = step;

    /// <summary>Why.</summary>
    public string Reason { get; } = reason;
}
