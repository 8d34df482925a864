namespace Ledger.Platform.Programs;

/// <summary>In which relation a supervised program stands to its owner.</summary>
internal enum ProgramMode
{
    /// <summary>It dies with its owner, whatever kills that.</summary>
    Coupled,

    /// <summary>An init system owns it: never started and never signalled from here.</summary>
    Supervised,

    /// <summary>It outlives its owner.</summary>
    Independent,

    /// <summary>It is on another machine: never started and never signalled from here.</summary>
    Distributed,
}

/// <summary>What may be done in which mode.</summary>
internal static class ProgramModes
{
    /// <summary>True where a program's processes are ours to start and to end.</summary>
    public static bool OwnsProcesses(this ProgramMode mode) => mode is ProgramMode.Coupled or ProgramMode.Independent;

    /// <summary>As it stands in <c>LEDGER_MODE</c>.</summary>
    public static string Word(this ProgramMode mode) => mode switch
    {
        ProgramMode.Coupled => "coupled",
        ProgramMode.Supervised => "supervised",
        ProgramMode.Independent => "independent",
        _ => "distributed",
    };

    /// <summary>The mode of a word, or null.</summary>
    public static ProgramMode? Of(string? word) =>
        Enum.GetValues<ProgramMode>().Where(mode => mode.Word() == word).Select(mode => (ProgramMode?)mode).FirstOrDefault();

    /// <summary>Why a program of this mode is left alone.</summary>
    public static string Refusal(this ProgramMode mode) => mode == ProgramMode.Supervised
        ? "an init system owns this program (mode supervised): only that starts and ends it"
        : "this program is on another machine (mode distributed): it is neither started nor ended from here";
}
