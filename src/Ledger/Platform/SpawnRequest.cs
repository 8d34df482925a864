namespace Ledger.Platform;

/// <summary>What <see cref="Libc.Spawn"/> starts. All signals begin with their default action, but a hang-up that this
/// process ignores stays ignored (<c>nohup</c>).</summary>
internal sealed class SpawnRequest
{
    /// <summary>The program's path, then its arguments; the path is also what it sees as its name.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment as <c>NAME=value</c>.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>The process group to join; 0 begins a new one that has the process's own id.</summary>
    public int ProcessGroup { get; init; }

    /// <summary>Begins a session of its own too, without a terminal; then there is no group to join.</summary>
    public bool NewSession { get; init; }

    /// <summary>Standard input is empty.</summary>
    public bool NullInput { get; init; }

    /// <summary>Descriptors the process gets, by the number they have there. The same number twice passes it on.</summary>
    public IReadOnlyList<(int From, int To)> Duplicate { get; init; } = [];

    /// <summary>Descriptors that lead nowhere.</summary>
    public IReadOnlyList<int> NullOutput { get; init; } = [];

    /// <summary>Descriptors the process must not have, done after <see cref="Duplicate"/>. One that is not open is no
    /// error.</summary>
    public IReadOnlyList<int> Close { get; init; } = [];

    /// <summary>Begins with every signal blocked but SIGCHLD, which a shell needs; else with none blocked.</summary>
    public bool BlockSignals { get; init; }
}
