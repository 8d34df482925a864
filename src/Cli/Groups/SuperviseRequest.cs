using System.Collections.Immutable;
using Ledger.Groups;
using Ledger.Hosting.Supervision.Groups;
using Ledger.Model.Groups;

namespace Ledger.Cli.Groups;

/// <summary>What <c>ledger supervise</c> was asked to do: checked, and nothing touched yet.</summary>
internal sealed record SuperviseRequest
{
    public required string LedgerPath { get; init; }

    /// <summary>Nobody chose the path, so that its parents are made where they are missing.</summary>
    public bool IsDefaultPath { get; init; }

    public required string GroupId { get; init; }

    public required string SupervisorId { get; init; }

    /// <summary>What this process registers and runs: that supervisor, or its numbered instances.</summary>
    public required ImmutableArray<SupervisorRequest> Supervisors { get; init; }

    /// <summary>What it is registered with, but for the file with the environment's values.</summary>
    public required SupervisorSettings Settings { get; init; }

    /// <summary>Run by the shell for each command that is sent to it.</summary>
    public string? OnCommand { get; init; }

    /// <summary>The environment that a restart elsewhere gets too.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What it was invited with; null when it was not.</summary>
    public GroupInvitation? Invitation { get; init; }

    /// <summary>Of a process that was spawned to restart the supervisor; null when somebody typed the command.</summary>
    public StartVariables? Spawned { get; init; }

    public string Command => Settings.StartInfo!.Command;
}

/// <summary>One supervisor to register.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Settings">With the launcher that starts it alone.</param>
internal sealed record SupervisorRequest(string Id, SupervisorSettings Settings);
