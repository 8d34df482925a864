namespace Ledger.Testing;

/// <summary>One step of a client on the simulated file system, as a system call would be: <c>File.WriteAllText</c> is
/// an <see cref="FileCallKind.Open"/> and a <see cref="FileCallKind.Write"/>.</summary>
/// <param name="Client">Name of the client that calls.</param>
/// <param name="Number">Counts the client's calls from 1, for sweeps over every possible crash point.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Path">The full path; of calls on an open file, the path it was opened under.</param>
public sealed record FileCall(string Client, long Number, FileCallKind Kind, string Path)
{
    /// <summary>The new path of a <see cref="FileCallKind.Move"/>, else null.</summary>
    public string? Target { get; init; }

    /// <summary>How an <see cref="FileCallKind.Open"/> opens, else null.</summary>
    public FileMode? Mode { get; init; }

    /// <summary>Bytes asked for by a <see cref="FileCallKind.Read"/> or <see cref="FileCallKind.Write"/>, else
    /// 0.</summary>
    public int Length { get; init; }
}
