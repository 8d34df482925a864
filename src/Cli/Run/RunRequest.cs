namespace Ledger.Cli.Run;

/// <summary>What <c>ledger run</c> was asked to do: checked, and nothing touched yet.</summary>
internal sealed record RunRequest
{
    /// <summary>Of others' judgement beyond what the cleanup itself may take.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    public required string LedgerPath { get; init; }

    /// <summary>Nobody chose the path, so that its parents are made where they are missing.</summary>
    public bool IsDefaultPath { get; init; }

    /// <summary>Which operation to join; null: make a new one.</summary>
    public string? OperationId { get; init; }

    /// <summary>Make the operation under its id if there is none.</summary>
    public bool Create { get; init; }

    public required string Name { get; init; }

    public required string CallId { get; init; }

    public string? CallerId { get; init; }

    public string? Description { get; init; }

    public string? SupervisorId { get; init; }

    public string? SupervisorHandle { get; init; }

    public bool Contain { get; init; }

    /// <summary>Paths the command will make, deleted in any case at the end.</summary>
    public IReadOnlyList<string> TemporaryPaths { get; init; } = [];

    /// <summary>For the shell, when the call is cleaned up.</summary>
    public string? OnCleanup { get; init; }

    public TimeSpan CleanupTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between TERM and KILL.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan? Watchdog { get; init; }

    /// <summary>How long a run that created its operation waits for the calls of others.</summary>
    public TimeSpan CompleteTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Descriptor for events; null: none.</summary>
    public int? StatusDescriptor { get; init; }

    /// <summary>Stop the command when no heartbeat succeeds.</summary>
    public bool StopWhenIsolated { get; init; }

    /// <summary>Runs within another run's command.</summary>
    public bool IsNested { get; init; }

    /// <summary>The command as it was written.</summary>
    public required string Command { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>How long the call may take to clean itself up, in the eyes of others.</summary>
    public TimeSpan CleanupBound => Grace + CleanupTimeout + Margin;

    /// <summary>How long callees may keep KILL waiting, so that the own cleanup still fits its bound.</summary>
    public TimeSpan Patience => CleanupBound - (Margin / 2) - (OnCleanup is null ? TimeSpan.Zero : CleanupTimeout);
}
