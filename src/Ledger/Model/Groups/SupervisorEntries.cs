using System.Collections.Immutable;

namespace Ledger.Model.Groups;

/// <summary>There is a supervisor, at the proposer's place.</summary>
/// <param name="SupervisorId">Its id.</param>
/// <param name="Settings">What it is registered with.</param>
/// <param name="RunsItself">The proposer runs it, or will when it is started; otherwise a process is spawned for it.</param>
internal sealed record GroupSupervisorRegistered(string SupervisorId, SupervisorSettings Settings, bool RunsItself = true)
    : GroupEntryData
{
    public override GroupEntryType Type => GroupEntryType.SupervisorRegistered;
}

/// <summary>An entry about one supervisor.</summary>
/// <param name="SupervisorId">Its id.</param>
/// <param name="Run">The run it is about (<see cref="SupervisorEntry.Run"/>): it touches no later one.</param>
internal abstract record RunEntry(string SupervisorId, long Run) : GroupEntryData;

/// <summary>Takes an ended supervisor off the list.</summary>
internal sealed record SupervisorUnregistered(string SupervisorId) : GroupEntryData
{
    public override GroupEntryType Type => GroupEntryType.SupervisorUnregistered;
}

/// <summary>The orchestrator has a supervisor started.</summary>
/// <param name="Term">The orchestrator's.</param>
/// <param name="SupervisorId">Which.</param>
/// <param name="Attempt">The restart it is: must be the one that is due.</param>
/// <param name="Executor">Incarnation that starts it: who runs it if it lives, else who can spawn at its place.</param>
/// <param name="TokenHash">Only if the proposer spawns it itself: saves a <see cref="StartTaken"/>.</param>
internal sealed record StartReserved(long Term, string SupervisorId, int Attempt, string Executor, string? TokenHash = null)
    : OrchestratorEntry(Term)
{
    public override GroupEntryType Type => GroupEntryType.StartReserved;
}

/// <summary>The executor is about to spawn; the spawned process shows the hash of the token whose double hash this is.</summary>
internal sealed record StartTaken(string SupervisorId, long Run, string TokenHash) : RunEntry(SupervisorId, Run)
{
    public override GroupEntryType Type => GroupEntryType.StartTaken;
}

/// <summary>The program is held, and will run if this is accepted.</summary>
/// <param name="SupervisorId">Which.</param>
/// <param name="Run">The run.</param>
/// <param name="Program">The program, which is held.</param>
/// <param name="Proof">The hash of the token; null when the executor starts the program itself.</param>
internal sealed record SupervisorActivated(string SupervisorId, long Run, ProgramIdentity? Program, string? Proof = null)
    : RunEntry(SupervisorId, Run)
{
    public override GroupEntryType Type => GroupEntryType.SupervisorActivated;
}

/// <summary>A start failed at a step, or the program ended; said by who runs or starts it.</summary>
internal sealed record SupervisorFailed(string SupervisorId, long Run, string Step, string Reason) : RunEntry(SupervisorId, Run)
{
    public override GroupEntryType Type => GroupEntryType.SupervisorFailed;
}

/// <summary>The orchestrator found that a start took too long.</summary>
internal sealed record StartTimedOut(long Term, string SupervisorId, long Run) : OrchestratorEntry(Term)
{
    public override GroupEntryType Type => GroupEntryType.StartTimedOut;
}

/// <summary>The executor could not make way for a restart; the reasons name who holds what.</summary>
internal sealed record ResourcesHeld(string SupervisorId, long Run, ImmutableArray<string> Reasons) : RunEntry(SupervisorId, Run)
{
    public override GroupEntryType Type => GroupEntryType.ResourcesHeld;
}

/// <summary>The orchestrator found that nobody can start it any more.</summary>
internal sealed record SupervisorGivenUp(long Term, string SupervisorId, long Run, string Reason) : OrchestratorEntry(Term)
{
    public override GroupEntryType Type => GroupEntryType.SupervisorGivenUp;
}

/// <summary>The orchestrator found that it ran long enough to count its attempts anew.</summary>
internal sealed record AttemptsReset(long Term, string SupervisorId, long Run) : OrchestratorEntry(Term)
{
    public override GroupEntryType Type => GroupEntryType.AttemptsReset;
}

/// <summary>Stops a supervisor, and before it all that depend on it.</summary>
/// <param name="SupervisorId">Which; null: all.</param>
/// <param name="RegisteredAt">Its registration: a late request touches no later one; null: whatever is registered.</param>
internal sealed record StopRequested(string? SupervisorId, long? RegisteredAt = null) : GroupEntryData
{
    public override GroupEntryType Type => GroupEntryType.StopRequested;
}

/// <summary>Its program is gone, as asked; said by who runs it, who is at its place, or the orchestrator when nobody is.</summary>
internal sealed record SupervisorStopped(string SupervisorId, long Run, string? Reason) : RunEntry(SupervisorId, Run)
{
    public override GroupEntryType Type => GroupEntryType.SupervisorStopped;
}

/// <summary>The orchestrator becomes the owner of an independent supervisor whose owner is gone.</summary>
internal sealed record SupervisorAdopted(long Term, string SupervisorId, long Run) : OrchestratorEntry(Term)
{
    public override GroupEntryType Type => GroupEntryType.SupervisorAdopted;
}
