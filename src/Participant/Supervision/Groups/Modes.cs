using Ledger.Model.Groups;
using Ledger.Platform.Programs;

namespace Ledger.Hosting.Supervision.Groups;

/// <summary>The modes of the log, as processes know them.</summary>
internal static class Modes
{
    public static ProgramMode Of(SupervisorMode mode) => mode switch
    {
        SupervisorMode.Coupled => ProgramMode.Coupled,
        SupervisorMode.Independent => ProgramMode.Independent,
        SupervisorMode.Supervised => ProgramMode.Supervised,
        _ => ProgramMode.Distributed,
    };
}
