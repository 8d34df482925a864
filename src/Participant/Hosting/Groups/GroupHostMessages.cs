using Microsoft.Extensions.Logging;

namespace Ledger.Hosting;

/// <summary>What a host in a group logs.</summary>
internal static partial class GroupHostMessages
{
    [LoggerMessage(1, LogLevel.Information, "group {Group}: {What}")]
    public static partial void Told(ILogger logger, string group, string what);

    [LoggerMessage(2, LogLevel.Error, "group {Group} went on without this process: the host stops")]
    public static partial void Fenced(ILogger logger, string group);

    [LoggerMessage(3, LogLevel.Warning, "an alert of group {Group} was not delivered to the webhook: {Reason}")]
    public static partial void AlertLost(ILogger logger, string group, string reason);

    [LoggerMessage(4, LogLevel.Error, "a callback for an alert of group {Group} failed")]
    public static partial void CallbackFailed(ILogger logger, string group, Exception error);

    [LoggerMessage(5, LogLevel.Warning, "group {Group}: {Reason}")]
    public static partial void Failed(ILogger logger, string group, string reason);
}
