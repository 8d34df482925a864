using Ledger.Model;

namespace Ledger.Groups;

/// <summary>There is no group of that id.</summary>
public sealed class GroupNotFoundException(string groupId)
    : LedgerException($"There is no group '{groupId}' in this ledger. 'ledger group' lists those there are.");

/// <summary>The group's fold rejected a proposal; expected where another participant was faster. <see cref="Rejection"/>
/// begins with a code of <c>GroupReasons</c> or <c>Reasons</c>.</summary>
public sealed class GroupRejectedException(string groupId, string what, string rejection)
    : LedgerException($"Group '{groupId}' refused to {what}: {rejection}.")
{
    /// <summary>Why, with details.</summary>
    public string Rejection { get; } = rejection;

    /// <summary>The code alone.</summary>
    public string Code { get; } = rejection.Split(':')[0];
}

/// <summary>This incarnation is no member of the group any more, or never was: what was asked for needs one.</summary>
public sealed class NotGroupMemberException(string groupId, string what, string why)
    : LedgerException($"Cannot {what} in group '{groupId}': {why}. To take part again, start anew.")
{
    /// <summary>Whether it left, was declared crashed, or was removed.</summary>
    public string Why { get; } = why;
}

/// <summary>A supervisor waits for another one that will not run any more.</summary>
public sealed class DependencyDeadException(string groupId, string supervisorId, string dependency, string? reason)
    : LedgerException($"Supervisor '{supervisorId}' of group '{groupId}' cannot run: its dependency '{dependency}' is dead"
        + (reason is null ? "." : $" ({reason})."))
{
    /// <summary>Who waited.</summary>
    public string SupervisorId { get; } = supervisorId;

    /// <summary>Who is dead.</summary>
    public string Dependency { get; } = dependency;
}
