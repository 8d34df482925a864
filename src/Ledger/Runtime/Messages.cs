using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>Every log message of the library. Event ids are a contract.</summary>
internal static partial class Messages
{
    [LoggerMessage(1, LogLevel.Warning, "A heartbeat to {Path} failed, others may take this process for crashed: {Cause}")]
    public static partial void BeatFailed(ILogger log, string path, string cause);

    [LoggerMessage(2, LogLevel.Information, "Heartbeats to {Path} succeed again")]
    public static partial void BeatsAgain(ILogger log, string path);

    [LoggerMessage(3, LogLevel.Warning, "Isolated: no heartbeat succeeded for {SilentForMs} ms")]
    public static partial void Isolated(ILogger log, long silentForMs);

    [LoggerMessage(4, LogLevel.Debug, "A leftover stays: {Path}: {Cause}")]
    public static partial void LeftoverStays(ILogger log, string path, string cause);

    [LoggerMessage(5, LogLevel.Warning, "Operation {OperationId}: {What} failed and is tried again: {Cause}")]
    public static partial void TriedAgain(ILogger log, string operationId, string what, string cause);

    [LoggerMessage(6, LogLevel.Warning, "Operation {OperationId}: a {Callback} callback of call {CallId} failed")]
    public static partial void CallbackFailed(
        ILogger log, string operationId, string callback, string callId, Exception cause);

    [LoggerMessage(7, LogLevel.Information,
        "Operation {OperationId}: {ParticipantId} ({Incarnation}) is judged crashed: {Evidence}, silent for {StaleForMs} ms")]
    public static partial void Accused(
        ILogger log, string operationId, string participantId, string incarnation, string evidence, long staleForMs);

    [LoggerMessage(8, LogLevel.Warning, "Operation {OperationId}: this participant was declared crashed and is fenced there")]
    public static partial void Fenced(ILogger log, string operationId);

    [LoggerMessage(9, LogLevel.Warning, "Operation {OperationId}, call {CallId}: left behind {Resource}: {Why}")]
    public static partial void LeftBehind(ILogger log, string operationId, string callId, string resource, string why);

    [LoggerMessage(10, LogLevel.Information, "This ledger pins {Name} to {Pinned}; the option's {Wanted} is not used")]
    public static partial void OptionNotUsed(ILogger log, string name, string pinned, string wanted);

    [LoggerMessage(11, LogLevel.Error, "An unexpected failure in {Where}; it goes on")]
    public static partial void Unexpected(ILogger log, string where, Exception cause);

    [LoggerMessage(12, LogLevel.Information, "Operation {OperationId} was archived as {Name}")]
    public static partial void Archived(ILogger log, string operationId, string name);

    [LoggerMessage(13, LogLevel.Warning, "Another participant runs under the id {ParticipantId} too ({Other})")]
    public static partial void SameId(ILogger log, string participantId, string other);

    [LoggerMessage(14, LogLevel.Warning, "Supervisor {SupervisorId} was replaced in operation {OperationId} by {Other}")]
    public static partial void Superseded(ILogger log, string supervisorId, string operationId, string other);

    [LoggerMessage(15, LogLevel.Warning,
        "Operation {OperationId}, call {CallId}: the crash callback of supervisor {SupervisorId} overran; others may clean the call up")]
    public static partial void CallbackOverran(ILogger log, string operationId, string callId, string supervisorId);

    [LoggerMessage(16, LogLevel.Warning, "Old segments of group {GroupId} could not be put away: {Why}; the next seal tries again")]
    public static partial void SegmentsNotTidied(ILogger log, string groupId, string why);

    [LoggerMessage(17, LogLevel.Warning, "Group {GroupId}: {What} failed and is tried again: {Cause}")]
    public static partial void GroupTriedAgain(ILogger log, string groupId, string what, string cause);

    [LoggerMessage(18, LogLevel.Warning, "Group {GroupId}: this participant is a member no longer: {Why}")]
    public static partial void GroupFenced(ILogger log, string groupId, string why);

    [LoggerMessage(19, LogLevel.Information,
        "Group {GroupId}: {ParticipantId} ({Incarnation}) is judged crashed: {Evidence}, silent for {StaleForMs} ms")]
    public static partial void GroupAccused(
        ILogger log, string groupId, string participantId, string incarnation, string evidence, long staleForMs);

    [LoggerMessage(20, LogLevel.Warning, "Group {GroupId}: {Kind}: {Subject}: {Reason}")]
    public static partial void GroupAlert(ILogger log, string groupId, string kind, string subject, string? reason);

    [LoggerMessage(21, LogLevel.Information, "Group {GroupId}: {Kind}: {Subject}: {Reason}")]
    public static partial void GroupNotice(ILogger log, string groupId, string kind, string subject, string? reason);

    [LoggerMessage(22, LogLevel.Information, "Group {GroupId}: the handler of command {CommandId} ({Name}) failed")]
    public static partial void CommandFailed(ILogger log, string groupId, string commandId, string name, Exception cause);

    [LoggerMessage(23, LogLevel.Warning, "Group {GroupId}: left after {BoundMs} ms though not all was finished")]
    public static partial void LeftUnfinished(ILogger log, string groupId, double boundMs);
}
