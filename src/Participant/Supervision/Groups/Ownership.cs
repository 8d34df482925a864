using Ledger.Model.Groups;
using Ledger.Platform.Programs;

namespace Ledger.Hosting.Supervision.Groups;

/// <summary>Whether somebody living answers for a process that carries the group's marks.</summary>
internal static class Ownership
{
    public static bool IsOwned(GroupState state, FoundProcess process)
    {
        if (state.IsPresent(process.Owner.RunId)) return true;
        // Who outlives its owner is known by itself once it has joined, and lives on for who adopts it.
        return process.Mode == SupervisorMode.Independent && state.Members.Values.Any(member => member.IsPresent
            && (member.Process.Pid == process.Pid ? member.Process.StartToken == process.StartToken : member.Process.Pid == process.Pgid)
            && member.RunId == process.Owner.RunId);
    }

    /// <summary>For people.</summary>
    public static string Describe(FoundProcess process, string name) =>
        $"process {process.Pid}{(name.Length > 0 ? $" ({name})" : "")} of supervisor {process.Owner.Supervisor}";
}
