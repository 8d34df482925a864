using Ledger.Model.Groups;

namespace Ledger.Platform.Programs;

/// <summary>Where a program's output goes.</summary>
internal enum ProgramOutput
{
    /// <summary>To that of the process that starts it; its input too, if it is coupled.</summary>
    Inherit,

    /// <summary>Appended to a file.</summary>
    File,

    /// <summary>Nowhere.</summary>
    Null,
}

/// <summary>A program to start.</summary>
internal sealed record ProgramStart
{
    /// <summary>The command and its arguments. A command without a slash is looked up along the program's PATH; one with a
    /// slash that is not absolute is in <see cref="WorkingDirectory"/>.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>To whom it belongs.</summary>
    public required ProgramOwner Owner { get; init; }

    /// <summary>Its relation to its owner.</summary>
    public required SupervisorMode Mode { get; init; }

    /// <summary>Default: that of the process that starts it.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables to set; null removes one. The owner's are set in any case. Default: none.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Default: inherited.</summary>
    public ProgramOutput Output { get; init; }

    /// <summary>It gets no input, also where it would inherit that. Default: false.</summary>
    public bool NoInput { get; init; }

    /// <summary>The file for <see cref="ProgramOutput.File"/>; relative to the working directory, made with mode 0600.</summary>
    public string? OutputFile { get; init; }
}

/// <summary>What failed when a program was to be started.</summary>
internal enum SpawnStep
{
    /// <summary>Programs of this mode are not started from here.</summary>
    Mode,

    /// <summary>A word or a variable cannot be passed to a program.</summary>
    Words,

    /// <summary>The working directory is missing or may not be entered.</summary>
    WorkingDirectory,

    /// <summary>The command was not found.</summary>
    CommandMissing,

    /// <summary>The command is a directory or may not be executed.</summary>
    CommandNotExecutable,

    /// <summary>The file for the output cannot be opened.</summary>
    Output,

    /// <summary>The system started no process.</summary>
    Process,
}

/// <summary>Why nothing was started.</summary>
/// <param name="Step">What failed.</param>
/// <param name="Reason">Why, for people.</param>
internal sealed record SpawnFailure(SpawnStep Step, string Reason);

/// <summary>A program that was started, or why not. Exactly one is there.</summary>
internal readonly record struct ProgramSpawn(IProgram? Program, SpawnFailure? Failure)
{
    /// <summary>Nothing was started.</summary>
    public static ProgramSpawn Failed(SpawnStep step, string reason) => new(null, new SpawnFailure(step, reason));
}
