using System.Collections.Immutable;

namespace Ledger.Model.Groups;

/// <summary>A start that is under way.</summary>
/// <param name="Executor">Incarnation that starts the program, or spawns the process that does.</param>
/// <param name="Attempt">Which restart it is; 0 for the first start.</param>
/// <param name="TokenHash">The hash of the hash of the spawned process's one-time token; null before the executor took the
/// start up, and when it starts the program itself.</param>
public sealed record Reservation(string Executor, int Attempt, string? TokenHash);

/// <summary>What a supervisor is registered with; stays through all its restarts.</summary>
public sealed record SupervisorSettings
{
    /// <summary>What it runs; null: it starts itself, and nobody restarts it.</summary>
    public StartInfo? StartInfo { get; init; }

    /// <summary>Words before the command when it is spawned by others than itself.</summary>
    public ImmutableArray<string> Launcher { get; init; } = [];

    /// <summary>How it hangs together with its owner.</summary>
    public SupervisorMode Mode { get; init; }

    /// <summary>TCP ports that must be free before it starts.</summary>
    public ImmutableArray<int> Ports { get; init; } = [];

    /// <summary>Supervisors that must run before it starts.</summary>
    public ImmutableArray<string> Dependencies { get; init; } = [];

    /// <summary>How long a start may take, in milliseconds. Default 30000.</summary>
    public long StartTimeoutMs { get; init; } = 30_000;

    /// <summary>How long it may take to end after it was asked to, in milliseconds. Default 5000.</summary>
    public long StopGraceMs { get; init; } = 5_000;

    /// <summary>How long it goes on without an owner, in milliseconds; for independent ones. Default 60000.</summary>
    public long AdoptWithinMs { get; init; } = 60_000;

    /// <summary>What becomes of it when it is lost and nobody here restarts it.</summary>
    public LossPolicy OnLoss { get; init; }

    /// <summary>True when it may come back by itself after a loss.</summary>
    public bool ComesBack => OnLoss == LossPolicy.Keep || Mode == SupervisorMode.Supervised;

    /// <summary>True when the group starts it, and starts it again.</summary>
    public bool Restartable => StartInfo is not null && Mode is SupervisorMode.Coupled or SupervisorMode.Independent;
}

/// <summary>A supervisor of a group.</summary>
/// <param name="SupervisorId">Its id; ids that differ only in case are the same.</param>
/// <param name="Settings">What it was registered with.</param>
/// <param name="Place">Process that registered or activated it last: where it belongs.</param>
/// <param name="RegisteredAt">Position of its registration.</param>
public sealed record SupervisorEntry(string SupervisorId, SupervisorSettings Settings, ProcessIdentity Place, long RegisteredAt)
{
    /// <summary>Its state.</summary>
    public SupervisorStatus Status { get; init; }

    /// <summary>Position of the entry that brought it into this state.</summary>
    public long Since { get; init; }

    /// <summary>Member that runs it, or would: who registered or activated it; null once that one is gone.</summary>
    public string? Incarnation { get; init; }

    /// <summary>Member that spawned or adopted its process; null when nobody did, or that one is gone.</summary>
    public string? Owner { get; init; }

    /// <summary>It is independent, and its owner is gone: the orchestrator adopts it.</summary>
    public bool OwnerLost { get; init; }

    /// <summary>Position of the reservation that began its present or latest run; before the first, of its registration. What is said
    /// about an earlier run touches no later one.</summary>
    public long Run { get; init; }

    /// <summary>Restarts since it was last healthy.</summary>
    public int Attempts { get; init; }

    /// <summary>The wait of the restart that is scheduled, in milliseconds.</summary>
    public long BackoffMs { get; init; }

    /// <summary>The start under way, while <see cref="SupervisorStatus.Starting"/>.</summary>
    public Reservation? Reservation { get; init; }

    /// <summary>Its program as last activated; kept after the end until the next activation, so that it can be proven
    /// gone.</summary>
    public ProgramIdentity? Program { get; init; }

    /// <summary>Somebody asked to stop it; it may still wait for those that depend on it.</summary>
    public bool StopWanted { get; init; }

    /// <summary>Why it is in its state, in words.</summary>
    public string? Reason { get; init; }

    /// <summary>For people: UTC text of when the latest restart was scheduled.</summary>
    public string? LastRestartAttempt { get; init; }
}
