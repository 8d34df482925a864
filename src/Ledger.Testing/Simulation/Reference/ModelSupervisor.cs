using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Testing.Simulation.Reference;

/// <summary>A supervisor as the reference has it.</summary>
internal sealed class ModelSupervisor(string id, SupervisorSettings settings, long registeredAt)
{
    public string Id => id;

    public SupervisorSettings Settings => settings;

    public long RegisteredAt => registeredAt;

    public required ProcessIdentity Place { get; set; }

    public SupervisorStatus Status { get; private set; }

    public long Since { get; private set; }

    /// <summary>Who registered or activated it, while that one is a member.</summary>
    public string? Runner { get; set; }

    /// <summary>Who spawned its process or adopted it, while that one is a member.</summary>
    public string? Owner { get; set; }

    public bool OwnerLost { get; set; }

    public long Run { get; set; }

    public int Attempts { get; set; }

    public long BackoffMs { get; set; }

    public Reservation? Reservation { get; set; }

    public ProgramIdentity? Program { get; set; }

    public bool StopWanted { get; set; }

    public string? LastRestartAttempt { get; set; }

    /// <summary>The group starts it and starts it again; any other one starts itself.</summary>
    public bool IsStarted => settings.StartInfo is not null
        && settings.Mode is not (SupervisorMode.Supervised or SupervisorMode.Distributed);

    /// <summary>It may come back by itself after a loss.</summary>
    public bool ComesBack => settings.OnLoss == LossPolicy.Keep || settings.Mode == SupervisorMode.Supervised;

    /// <summary>Its program may be there: it is not enough to say that it has ended, somebody has to see to it.</summary>
    public bool MayLive => Status is SupervisorStatus.Starting or SupervisorStatus.Running or SupervisorStatus.Failed
        or SupervisorStatus.RestartScheduled or SupervisorStatus.ShuttingDown;

    /// <summary>It is on its way up or down, or runs.</summary>
    public bool IsThere => Status is SupervisorStatus.Starting or SupervisorStatus.Running or SupervisorStatus.ShuttingDown;

    public bool IsOver => Status is SupervisorStatus.Dead or SupervisorStatus.Stopped;

    public void Go(SupervisorStatus status, long position)
    {
        (Status, Since) = (status, position);
        if (status != SupervisorStatus.Starting) Reservation = null;
    }

    /// <summary>Whether the fold has the same. Texts for people are the fold's own; only whether there is one is known.</summary>
    public bool Equals(SupervisorEntry other) =>
        other == AsEntry(other) && (HasReason is not { } has || has == other.Reason is not null);

    /// <summary>As the fold would write it, with the fold's own words where nothing says which.</summary>
    public SupervisorEntry AsEntry(SupervisorEntry other) => new(id, settings, Place, registeredAt)
    {
        Status = Status,
        Since = Since,
        Incarnation = Runner,
        Owner = Owner,
        OwnerLost = OwnerLost,
        Run = Run,
        Attempts = Attempts,
        BackoffMs = Status == SupervisorStatus.RestartScheduled ? BackoffMs : other.BackoffMs,
        Reservation = Reservation,
        Program = Program,
        StopWanted = StopWanted,
        Reason = other.Reason,
        LastRestartAttempt = LastRestartAttempt,
    };

    /// <summary>An entry of the table in a few words: its settings are as they were registered, and long.</summary>
    public static string Text(SupervisorEntry s) =>
        $"{s.SupervisorId}: {s.Status} since {s.Since}, registered at {s.RegisteredAt}, run {s.Run}, attempts {s.Attempts}, "
        + $"backoff {s.BackoffMs}, run by {s.Incarnation}, owner {s.Owner}{(s.OwnerLost ? " lost" : "")}, {s.Reservation}, "
        + $"{s.Program}, {(s.StopWanted ? "to stop, " : "")}at {s.Place.Host} {s.Place.Pid}, restarted {s.LastRestartAttempt}, "
        + $"because {s.Reason}";

    /// <summary>What failed or died has a reason; what starts or runs has none; null: nothing says so.</summary>
    private bool? HasReason => Status switch
    {
        SupervisorStatus.Failed or SupervisorStatus.RestartScheduled or SupervisorStatus.Dead => true,
        SupervisorStatus.Registered or SupervisorStatus.Starting or SupervisorStatus.Running => false,
        _ => null,
    };
}
