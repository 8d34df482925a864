using Microsoft.Extensions.Logging;

namespace HostingExample;

/// <summary>What the worker says.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "takes part as '{Participant}' in {Path}")]
    public static partial void Joined(ILogger logger, string participant, string path);

    [LoggerMessage(2, LogLevel.Information, "{Operation} completed: {Result}")]
    public static partial void Completed(ILogger logger, string operation, int result);

    [LoggerMessage(3, LogLevel.Information, "asks the host to stop in the middle of job {Number}, as Ctrl-C would")]
    public static partial void Stopping(ILogger logger, int number);

    [LoggerMessage(4, LogLevel.Information, "stopped; nothing was left half done")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(5, LogLevel.Error, "a job failed")]
    public static partial void Failed(ILogger logger, Exception error);
}
