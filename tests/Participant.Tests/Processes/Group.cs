using Ledger.Platform;

namespace Ledger.Hosting.Tests.Processes;

/// <summary>Looks at a process group from outside.</summary>
internal static class Group
{
    public static IReadOnlyList<int> Members(int pgid) =>
        [.. Procfs.Pids().Where(pid => ProcStat.Read(pid) is { IsGone: false } stat && stat.ProcessGroup == pgid)];

    /// <summary>Members that run a program of this name.</summary>
    public static int Count(int pgid, string program) =>
        Members(pgid).Count(pid => Procfs.Read($"/proc/{pid}/comm")?.Trim() == program);
}
