using Ledger.Model.Groups;

namespace Ledger.Platform.Programs;

/// <summary>What may be done in which mode.</summary>
internal static class ProgramModes
{
    /// <summary>True where a program's processes are ours to start and to end.</summary>
    public static bool OwnsProcesses(this SupervisorMode mode) => mode is SupervisorMode.Coupled or SupervisorMode.Independent;

    /// <summary>As it stands in <c>LEDGER_MODE</c>.</summary>
    public static string Word(this SupervisorMode mode) => mode switch
    {
        SupervisorMode.Coupled => "coupled",
        SupervisorMode.Supervised => "supervised",
        SupervisorMode.Independent => "independent",
        _ => "distributed",
    };

    /// <summary>The mode of a word, or null.</summary>
    public static SupervisorMode? Of(string? word) =>
        Enum.GetValues<SupervisorMode>().Where(mode => mode.Word() == word).Select(mode => (SupervisorMode?)mode).FirstOrDefault();

    /// <summary>Why a program of this mode is left alone.</summary>
    public static string Refusal(this SupervisorMode mode) => mode == SupervisorMode.Supervised
        ? "an init system owns this program (mode supervised): only that starts and ends it"
        : "this program is on another machine (mode distributed): it is neither started nor ended from here";
}
