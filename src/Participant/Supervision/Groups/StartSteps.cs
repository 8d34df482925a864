using Ledger.Groups;
using Ledger.Platform.Programs;

namespace Ledger.Hosting.Supervision.Groups;

/// <summary>Names of the steps at which a start fails, as entries and people get them; a contract.</summary>
internal static class StartSteps
{
    /// <summary>The program ended by itself.</summary>
    public const string Program = "program";

    /// <summary>The spawned process did not activate the supervisor.</summary>
    public const string Activation = "activation";

    public static StartFailedException Failed(SpawnFailure failure) => new(Name(failure.Step), failure.Reason);

    private static string Name(SpawnStep step) => step switch
    {
        SpawnStep.Mode => "mode",
        SpawnStep.WorkingDirectory => "directory",
        SpawnStep.CommandMissing or SpawnStep.CommandNotExecutable => "command",
        SpawnStep.Output => "output",
        SpawnStep.Words => "words",
        _ => "spawn",
    };
}
