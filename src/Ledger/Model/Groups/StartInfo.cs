using System.Collections.Immutable;

namespace Ledger.Model.Groups;

/// <summary>How often, and after which waits, a failed supervisor is started again.</summary>
/// <param name="MaxAttempts">Attempts before it is dead. Default 5.</param>
/// <param name="BackoffIntervalsMs">Wait before each attempt, in milliseconds; the last one also before all further ones.
/// Default 0, 1000, 5000, 15000, 60000.</param>
/// <param name="ResetAfterMs">Once it has run for so long, in milliseconds, attempts are counted anew. Default 300000.</param>
public sealed record RestartPolicy(int MaxAttempts, ImmutableArray<long> BackoffIntervalsMs, long ResetAfterMs)
{
    /// <summary>The default.</summary>
    public static RestartPolicy Default { get; } = new(5, [0, 1000, 5000, 15000, 60000], 300_000);
}

/// <summary>What a supervisor runs. Environment values are in no log: entries name a file that only their user can read,
/// and the names of the variables in it.</summary>
/// <param name="Command">The program.</param>
/// <param name="Args">Its arguments.</param>
/// <param name="WorkingDirectory">Where it starts; null: where who starts it is.</param>
/// <param name="EnvironmentNames">Variables that are set for it.</param>
/// <param name="EnvironmentFile">Name of the file with their values; null when there are none.</param>
/// <param name="RestartPolicy">When it is started again.</param>
public sealed record StartInfo(
    string Command, ImmutableArray<string> Args, string? WorkingDirectory, ImmutableArray<string> EnvironmentNames,
    string? EnvironmentFile, RestartPolicy RestartPolicy);

/// <summary>The user's program of a supervisor, beyond doubt.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="StartToken">The kernel's start time of the process, verbatim.</param>
/// <param name="Pgid">Its process group.</param>
public sealed record ProgramIdentity(int Pid, string StartToken, int Pgid);
