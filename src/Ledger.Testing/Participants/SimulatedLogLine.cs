using Microsoft.Extensions.Logging;

namespace Ledger.Testing;

/// <summary>What a simulated participant logged.</summary>
/// <param name="Elapsed">Simulated time since the start of the simulation.</param>
/// <param name="ParticipantId">Who.</param>
/// <param name="Event">Which message; event ids are a contract of the library.</param>
/// <param name="Level">How severe.</param>
/// <param name="Text">The message.</param>
/// <param name="Error">The exception it came with, or null.</param>
public sealed record SimulatedLogLine(
    TimeSpan Elapsed, string ParticipantId, EventId Event, LogLevel Level, string Text, Exception? Error)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Elapsed:c} {ParticipantId}: {Text}{(Error is null ? "" : $" [{Error.GetType().Name}: {Error.Message}]")}";
}
