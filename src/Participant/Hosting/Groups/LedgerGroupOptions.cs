using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Hosting;

/// <summary>How a host takes part in a group. Bound from configuration, by default from the section <c>Ledger:Group</c>;
/// durations as <c>00:00:05</c>.</summary>
public sealed class LedgerGroupOptions
{
    private const int HighestPort = 65_535;

    /// <summary>The group. Default: <c>default</c>; in a process that was spawned for a supervisor, that supervisor's.</summary>
    public string GroupId { get; set; } = LedgerGroup.DefaultId;

    /// <summary>It may be elected orchestrator, and spawns and ends processes of its host for the group. Default: false;
    /// <c>AddLedgerOrchestrator</c> sets it.</summary>
    public bool Orchestrates { get; set; }

    /// <summary>The supervisor that this host is; null: none. Default: null; <c>AddLedgerSupervisor</c> sets it to the
    /// participant's id unless it is set.</summary>
    public string? SupervisorId { get; set; }

    /// <summary>The invitation it comes with, <c>ID:TOKEN</c> as <c>ledger invite</c> prints it; a secret, not for a file
    /// that others can read. Default: what the environment variable <c>LEDGER_INVITATION</c> says, which is removed once it is
    /// read; none in a process that was spawned for a supervisor.</summary>
    public string? Invitation { get; set; }

    /// <summary>Supervisors that must run before this one does. Default: none.</summary>
    public IList<string> Dependencies { get; } = [];

    /// <summary>TCP ports that must be free before it is started again; 1 to 65535. Default: none.</summary>
    public IList<int> Ports { get; } = [];

    /// <summary>The group starts it again when it fails, with the command line it was started with. Default: false.</summary>
    public bool Restart { get; set; }

    /// <summary>Its relation to whoever starts it again, or to an init system. Default: <see cref="SupervisorMode.Coupled"/>.</summary>
    public SupervisorMode Mode { get; set; }

    /// <summary>Restarts in a row before it is dead. Default 5; 0 to 1,000,000.</summary>
    public int MaxAttempts { get; set; } = RestartPolicy.Default.MaxAttempts;

    /// <summary>How long a start may take. Default 30 s; 1 s to 1 hour.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Between TERM and KILL when it is ended. Default 5 s; 0 to 1 hour.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an independent one goes on when nobody adopts it. Default 1 minute; 1 s to 1 day.</summary>
    public TimeSpan AdoptWithin { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>If nobody else of the group lives: start again what was registered. Default: false.</summary>
    public bool KeepStartInfos { get; set; }

    /// <summary>Where alerts are posted; http or https. Default: nowhere.</summary>
    public Uri? AlertWebhook { get; set; }

    /// <summary>Called at each alert of the group, in order; only set in code. Default: nobody.</summary>
    public Action<GroupAlert>? OnAlert { get; set; }

    /// <summary>The same, as the group takes it.</summary>
    internal SupervisorSettings ToSettings(StartInfo? start) => new()
    {
        StartInfo = start,
        Mode = Mode,
        Ports = [.. Ports],
        Dependencies = [.. Dependencies],
        StartTimeoutMs = (long)StartTimeout.TotalMilliseconds,
        StopGraceMs = (long)StopGrace.TotalMilliseconds,
        AdoptWithinMs = (long)AdoptWithin.TotalMilliseconds,
    };

    /// <exception cref="ArgumentException">Names the option, its value and its range.</exception>
    internal void Validate()
    {
        Identifier.Require(GroupId, "group id");
        if (SupervisorId is not null) Identifier.Require(SupervisorId, "supervisor id");
        if (Invitation is not null) _ = InvitationVariable.Parse(Invitation, "LedgerGroupOptions.Invitation");
        foreach (var each in Dependencies) Identifier.Require(each, "supervisor id");
        if (Ports.FirstOrDefault(port => port is < 1 or > HighestPort) is not 0 and var wrong)
            throw new ArgumentException($"LedgerGroupOptions.Ports has {wrong}; a port is 1 to {HighestPort}.");
        if (MaxAttempts is < 0 or > 1_000_000)
            throw new ArgumentException($"LedgerGroupOptions.MaxAttempts is {MaxAttempts}; it must be 0 to 1000000.");
        Range(StartTimeout, nameof(StartTimeout), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Range(StopGrace, nameof(StopGrace), TimeSpan.Zero, TimeSpan.FromHours(1));
        Range(AdoptWithin, nameof(AdoptWithin), TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        if (AlertWebhook is { } address && (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https")))
            throw new ArgumentException($"LedgerGroupOptions.AlertWebhook is '{address}'; it must be an http or https address.");
    }

    private static void Range(TimeSpan value, string name, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
            throw new ArgumentException($"LedgerGroupOptions.{name} is {value}; it must be {least} to {most}.");
    }
}
