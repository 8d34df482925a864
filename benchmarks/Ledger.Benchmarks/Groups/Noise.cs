using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ledger.Benchmarks.Groups;

/// <summary>Keeps what is logged as a warning or worse.</summary>
internal sealed class Noise : ILoggerFactory, ILogger
{
    public ConcurrentQueue<string> Heard { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) Heard.Enqueue($"{logLevel}: {formatter(state, exception)}");
    }

    public void Dispose()
    {
        // There is nothing to close.
    }
}
