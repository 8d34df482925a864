namespace Ledger.Model;

/// <summary>What a resource is.</summary>
public enum ResourceKind
{
    /// <summary>A file, or a symbolic link (the link itself, never its target).</summary>
    File,

    /// <summary>A directory with all that is in it.</summary>
    Directory,

    /// <summary>A group of processes, ended with TERM and then KILL.</summary>
    ProcessGroup,
}

/// <summary>Something a frame leaves behind if it crashes. It belongs to the place (boot, namespaces, user) of the participant
/// that registered it; only participants of that place touch it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Path">Absolute path of a file or directory; relative to the shared root when
/// <paramref name="Shared"/>; null for a process group.</param>
/// <param name="Shared">Lies inside the declared shared root: may be cleaned from any machine.</param>
/// <param name="Pgid">The process group's id; 0 for paths.</param>
/// <param name="LeaderStartToken">Start token of the group's leader.</param>
/// <param name="FileId">Device and inode, where the path existed when it was registered; else null.</param>
public sealed record Resource(
    ResourceKind Kind, string? Path, bool Shared = false, int Pgid = 0, string? LeaderStartToken = null, string? FileId = null)
{
    /// <summary>What names it within its frame.</summary>
    public string Key => Kind == ResourceKind.ProcessGroup ? $"pgid:{Pgid}" : Path!;
}

/// <summary>A resource that could not be cleaned, with the reason, and where it lies.</summary>
public sealed record LeftBehind(string CallId, Resource Resource, string Why, string Incarnation);
