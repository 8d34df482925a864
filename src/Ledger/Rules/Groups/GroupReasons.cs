namespace Ledger.Rules.Groups;

/// <summary>Codes with which a group's fold rejects an entry.</summary>
public static class GroupReasons
{
#pragma warning disable CS1591 // the values say it
    public const string Sealed = "sealed";
    public const string NotSealable = "notSealable";
    public const string AlreadyPresent = "alreadyPresent";
    public const string Draining = "draining";
    public const string TooLate = "tooLate";
    public const string StaleTerm = "staleTerm";
    public const string NotOrchestrator = "notOrchestrator";
    public const string OrchestratorAlive = "orchestratorAlive";
    public const string WrongState = "wrongState";
    public const string CannotOrchestrate = "cannotOrchestrate";
    public const string UnknownSupervisor = "unknownSupervisor";
    public const string SupervisorAlive = "supervisorAlive";
    public const string HasDependants = "hasDependants";
    public const string UnknownDependency = "unknownDependency";
    public const string DependencyCycle = "dependencyCycle";
    public const string DependencyNotRunning = "dependencyNotRunning";
    public const string StaleRun = "staleRun";
    public const string StaleAttempt = "staleAttempt";
    public const string WrongExecutor = "wrongExecutor";
    public const string WrongToken = "wrongToken";
    public const string AlreadyTaken = "alreadyTaken";
    public const string NotYours = "notYours";
    public const string StopWanted = "stopWanted";
    public const string NotAdoptable = "notAdoptable";
    public const string InvitationUnknown = "invitationUnknown";
    public const string InvitationUsed = "invitationUsed";
    public const string InvitationCancelled = "invitationCancelled";
    public const string InvitationExpired = "invitationExpired";
    public const string InvitationForOther = "invitationForOther";
    public const string InvitationWrong = "invitationWrong";
    public const string InvitationExists = "invitationExists";
    public const string Invited = "invited";
    public const string CommandKnown = "commandKnown";
    public const string CommandUnknown = "commandUnknown";
    public const string CommandOver = "commandOver";
    public const string CommandNotTaken = "commandNotTaken";
    public const string BarrierExists = "barrierExists";
    public const string BarrierUnknown = "barrierUnknown";
    public const string NotAwaited = "notAwaited";
    public const string TooLong = "tooLong";
#pragma warning restore CS1591
}
