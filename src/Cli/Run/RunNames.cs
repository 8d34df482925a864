using System.Globalization;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Cli.Run;

/// <summary>The ids of a run that were not given.</summary>
internal static class RunNames
{
    private const int OperationSuffix = 4;
    private const int CallSuffix = 6;

    /// <summary>The command's base name.</summary>
    public static string Participant(string command) =>
        Identifier.From(Path.GetFileName(Path.TrimEndingDirectorySeparator(command)), "command");

    /// <summary>Readable, and unique in an operation.</summary>
    public static string Call(string participant)
    {
        var room = Identifier.MaxLength - CallSuffix - 1;
        var name = participant.Length <= room ? participant : participant[..room];
        return $"{name}-{RandomName.Readable(CallSuffix)}";
    }

    /// <summary>Readable, in the order of time, and unique.</summary>
    public static string Operation(TimeProvider time)
    {
        var now = time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        return $"run-{now}-{RandomName.Readable(OperationSuffix)}";
    }
}
