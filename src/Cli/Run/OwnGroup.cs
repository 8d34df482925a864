using Ledger.Hosting.Processes;
using Ledger.Platform;

namespace Ledger.Cli.Run;

/// <summary>The wrapper's own process group.</summary>
internal static class OwnGroup
{
    /// <summary>Leaves the group of a surrounding run's command: KILL to that group, by the surrounding run or, once that is
    /// dead, by its lifeline, would cut the cleanup here short.</summary>
    public static void Leave()
    {
        if (TerminalForeground.TryGet() is not null) return;
        if (Libc.OwnProcessGroup() != Environment.ProcessId)
        {
            _ = Libc.SetOwnProcessGroup(0);
            return;
        }

        // The leader of a group cannot begin another one of its own, but it can move to one: that of a short-lived child.
        var host = new SpawnRequest
        {
            Arguments = ["/bin/sh", "-c", "exec sleep 5"],
            Environment = [],
            NullOutput = [1, 2],
            Close = [0],
        };
        if (Libc.Spawn(host, out var pid) != 0) return;
        _ = Libc.SetOwnProcessGroup(pid);
        _ = Libc.Kill(pid, Signals.Kill);
        Libc.Reap(pid);
    }
}
