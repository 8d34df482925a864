using Ledger.Groups;
using Ledger.Hosting.Supervision.Groups;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Cli.Groups;

/// <summary>Who spawned this process.</summary>
internal static class Owner
{
    /// <summary>True when it is dead, or about to be: then the signal to end came from the lifeline, and says nothing about
    /// what somebody wants.</summary>
    public static bool IsGone(LedgerGroup group, StartVariables? spawned)
    {
        if (spawned is null || group.State.Members.GetValueOrDefault(spawned.RunId) is not { } owner) return false;
        if (!owner.IsPresent) return true;
        var ledger = group.Participant.Directory.Context;
        return ledger.Processes.Look(owner.Process) == ProcessState.Exited
            || (owner.Process.SharesPidsWith(ledger.Process)
                && ProcStat.Read(owner.Process.Pid) is { IsEnding: true } stat && stat.StartToken == owner.Process.StartToken);
    }
}
