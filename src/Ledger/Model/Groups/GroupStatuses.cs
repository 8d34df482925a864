namespace Ledger.Model.Groups;

/// <summary>State of one incarnation in a group.</summary>
public enum GroupMemberStatus
{
    /// <summary>Takes part.</summary>
    Joined,

    /// <summary>Finishes what it has, takes nothing new, and leaves. There is no way back for this incarnation.</summary>
    Draining,

    /// <summary>Gone for good; whatever it proposes from then on is rejected.</summary>
    Left,
}

/// <summary>Why a member is gone.</summary>
public enum DepartureReason
{
    /// <summary>It left by itself.</summary>
    Normal,

    /// <summary>It was found dead.</summary>
    Crashed,

    /// <summary>The orchestrator put it out.</summary>
    Removed,
}

/// <summary>State of the orchestrator of a term.</summary>
public enum OrchestratorStatus
{
    /// <summary>Elected; takes up the work.</summary>
    Starting,

    /// <summary>At work.</summary>
    Running,

    /// <summary>Ends its work; another may take over once it has stopped.</summary>
    ShuttingDown,

    /// <summary>Stopped, left or crashed: anyone who can may take over.</summary>
    Stopped,
}

/// <summary>State of a supervisor. What leads from one to another is the supervisor table of the rules.</summary>
public enum SupervisorStatus
{
    /// <summary>May be started.</summary>
    Registered,

    /// <summary>Some supervisor it depends on does not run yet.</summary>
    WaitingForDependencies,

    /// <summary>A start is reserved; its program does not run yet.</summary>
    Starting,

    /// <summary>Its program runs.</summary>
    Running,

    /// <summary>Its program is gone, and nobody here restarts it.</summary>
    Failed,

    /// <summary>Waits for its backoff, then for its dependencies, to be started again.</summary>
    RestartScheduled,

    /// <summary>Gone, and not to be restarted any more.</summary>
    Dead,

    /// <summary>Its program is being stopped.</summary>
    ShuttingDown,

    /// <summary>Stopped because somebody asked for it.</summary>
    Stopped,
}

/// <summary>How a supervisor's process hangs together with who spawned it.</summary>
public enum SupervisorMode
{
    /// <summary>Dies with its owner.</summary>
    Coupled,

    /// <summary>An init system owns the process: it is never spawned.</summary>
    Supervised,

    /// <summary>Outlives its owner, and is adopted by the next orchestrator.</summary>
    Independent,

    /// <summary>On another machine: never signalled, judged by its heartbeat alone.</summary>
    Distributed,
}

/// <summary>What becomes of a supervisor that nobody here restarts, when it is lost.</summary>
public enum LossPolicy
{
    /// <summary>It is dead.</summary>
    Dead,

    /// <summary>It is failed, until it comes back by itself.</summary>
    Keep,
}

/// <summary>State of a command. The last four are outcomes; each command gets exactly one.</summary>
public enum CommandStatus
{
    /// <summary>Not taken up yet.</summary>
    Sent,

    /// <summary>Its receiver works on it.</summary>
    Taken,

    /// <summary>Done, with a result.</summary>
    Done,

    /// <summary>Failed, with a reason.</summary>
    Failed,

    /// <summary>Never taken up: the receiver is unknown, draining or gone, or did not want it.</summary>
    Refused,

    /// <summary>Its deadline passed before an outcome was known.</summary>
    Expired,
}

/// <summary>State of an invitation.</summary>
public enum InvitationStatus
{
    /// <summary>May be used, once.</summary>
    Open,

    /// <summary>Somebody joined with it.</summary>
    Used,

    /// <summary>Taken back.</summary>
    Cancelled,

    /// <summary>Not used in time.</summary>
    Expired,
}
