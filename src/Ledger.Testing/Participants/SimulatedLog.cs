using Microsoft.Extensions.Logging;

namespace Ledger.Testing;

/// <summary>Keeps what all participants log, and passes it on to the logging the test asked for.</summary>
internal sealed class SimulatedLog(TimeProvider time)
{
    /// <summary>Lines that are kept; of a longer simulation the latest.</summary>
    private const int Most = 10_000;

    private readonly Lock gate = new();
    private readonly Queue<SimulatedLogLine> lines = new();
    private readonly long start = time.GetTimestamp();
    private SimulatedLogLine? unexpected;

    public IReadOnlyList<SimulatedLogLine> Lines
    {
        get
        {
            lock (gate) return [.. lines];
        }
    }

    public TimeSpan Elapsed => time.GetElapsedTime(start);

    public ILoggerFactory For(string participantId, ILoggerFactory wanted) => new Factory(this, participantId, wanted);

    /// <summary>The first failure that no part of the ledger had reckoned with, once.</summary>
    public SimulatedLogLine? TakeUnexpected()
    {
        lock (gate)
        {
            var found = unexpected;
            unexpected = null;
            return found;
        }
    }

    private void Add(SimulatedLogLine line)
    {
        lock (gate)
        {
            lines.Enqueue(line);
            if (lines.Count > Most) lines.Dequeue();
            // A killed process answers everything with the crash: that is the simulation's doing.
            if (line is { Level: >= LogLevel.Error, Error: not (null or SimulatedCrashException) }) unexpected ??= line;
        }
    }

    private sealed class Factory(SimulatedLog all, string participantId, ILoggerFactory wanted) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) =>
            new Logger(all, participantId, wanted.CreateLogger(categoryName));

        public void AddProvider(ILoggerProvider provider) => wanted.AddProvider(provider);

        public void Dispose() { }
    }

    private sealed class Logger(SimulatedLog all, string participantId, ILogger wanted) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => wanted.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            all.Add(new SimulatedLogLine(
                all.Elapsed, participantId, eventId, logLevel, formatter(state, exception), exception));
            wanted.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
