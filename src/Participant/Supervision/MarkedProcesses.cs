using System.Globalization;
using Ledger.Model;
using Ledger.Platform;
using Ledger.Platform.Programs;

namespace Ledger.Hosting.Supervision;

/// <summary>Finds the processes of one group of one ledger by their environment.</summary>
internal static class MarkedProcesses
{
    /// <summary>Those of the given process's pid namespace and user, without it and its ancestors.</summary>
    public static IReadOnlyList<FoundProcess> Find(ProcessIdentity self, string ledgerPath, string group)
    {
        var found = new List<FoundProcess>();
        var lifelines = new HashSet<int>();
        var spared = Ancestors(self.Pid);
        foreach (var pid in Procfs.Pids())
        {
            if (spared.Contains(pid) || !IsOfThisPlace(pid, self)) continue;
            // The start is read before and after: in between, the number could pass on to another process.
            if (ProcStat.Read(pid) is not { IsGone: false } stat) continue;
            var block = ProcessVariables.Of(pid);
            if (ProgramOwner.Of(block) is not { } owner || owner.LedgerPath != ledgerPath || owner.Group != group) continue;
            if (ProcStat.Read(pid) is not { IsGone: false } again || again.StartToken != stat.StartToken) continue;
            if (ProcessVariables.Has(block, ProcessVariables.Lifeline, "1")) lifelines.Add(again.ProcessGroup);
            else
                found.Add(new FoundProcess(
                    pid, again.StartToken, again.ProcessGroup, owner,
                    ProgramModes.Of(ProcessVariables.Value(block, ProcessVariables.Mode)), HasLifeline: false));
        }

        return [.. found.Select(each => each with { HasLifeline = lifelines.Contains(each.Pgid) })];
    }

    private static bool IsOfThisPlace(int pid, ProcessIdentity self) =>
        Libc.Stat(InProc(pid, ""), out var stat) == 0
        && stat.Owner.ToString(CultureInfo.InvariantCulture) == self.User
        && Procfs.ReadLink(InProc(pid, "ns/pid")) == self.PidNamespace;

    private static HashSet<int> Ancestors(int self)
    {
        var all = new HashSet<int>();
        for (var pid = self; pid > 0 && all.Add(pid);) pid = ProcStat.Read(pid)?.Parent ?? 0;
        return all;
    }

    private static string InProc(int pid, string file) => string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}");
}
