using Microsoft.Extensions.Logging;

namespace RallyExample;

/// <summary>Counts warnings and errors, and shows them.</summary>
internal sealed class WarningCounter : ILoggerProvider, ILogger
{
    private int count;

    public int Count => Volatile.Read(ref count);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        Interlocked.Increment(ref count);
        Console.WriteLine($"{logLevel}: {formatter(state, exception)}");
    }

    public void Dispose()
    {
        // Nothing is kept open.
    }
}
