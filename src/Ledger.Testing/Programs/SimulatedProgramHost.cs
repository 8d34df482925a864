using Ledger.Model;
using Ledger.Platform;
using Ledger.Platform.Programs;

namespace Ledger.Testing;

/// <summary>The processes of a simulated machine, as one of them sees them.</summary>
internal sealed class SimulatedProgramHost(SimulatedMachine machine, ProcessIdentity self) : IProgramHost
{
    public ProcessIdentity Self => self;

    public ProgramSpawn Spawn(ProgramStart start) => machine.Spawn(self, start);

    public ProcessState Look(ProcessIdentity process)
    {
        if (!process.SharesPidsWith(self)) return ProcessState.Unknown;
        return machine.Find(process.Pid) is { } found && found.Identity.StartToken == process.StartToken
            ? ProcessState.Running
            : ProcessState.Exited;
    }

    public IProcessGroup Group(HostedProgram program) => new SimulatedGroup(machine, self, program);

    public PortHold? Hold(int port) => machine.Hold(port);

    public IReadOnlyList<FoundProcess> Find(string ledgerPath, string group)
    {
        var spared = Ancestors();
        return
        [
            .. from process in machine.Living
               where !process.IsLifeline && !spared.Contains(process.Identity.Pid)
               let owner = process.Marks
               where owner is not null && owner.LedgerPath == ledgerPath && owner.Group == @group
               select new FoundProcess(
                   process.Identity.Pid, process.Identity.StartToken, process.Pgid, owner, process.Mode,
                   machine.Members(process.Pgid).Any(each => each.IsLifeline)),
        ];
    }

    public string Name(int pid) => machine.Find(pid)?.Name ?? "";

    private HashSet<int> Ancestors()
    {
        var all = new HashSet<int>();
        for (var each = self; each is not null && all.Add(each.Pid);) each = machine.Find(each.Pid)?.Parent;
        return all;
    }
}

/// <summary>A simulated process group: the same rules of proof as for a real one.</summary>
internal sealed class SimulatedGroup(SimulatedMachine machine, ProcessIdentity self, HostedProgram program) : IProcessGroup
{
    private readonly HashSet<GroupMember> known = [];

    public GroupIdentity Identity => program.AsGroup;

    public bool MayBeSignalled => machine.Find(self.Pid)?.Pgid != program.Pgid;

    public GroupMembers Look()
    {
        var whole = IsWhole();
        var (proven, unproven) = (new List<GroupMember>(), new List<int>());
        foreach (var process in machine.Members(program.Pgid))
        {
            var member = new GroupMember(process.Identity.Pid, process.Identity.StartToken, process.IsLifeline);
            if (whole || known.Contains(member) || process.Marks == program.Owner) proven.Add(member);
            else unproven.Add(member.Pid);
        }
        known.UnionWith(proven);
        return new GroupMembers(whole, proven, unproven);
    }

    public bool IsThere(GroupMember member) => machine.Find(member.Pid) is { } process
        && process.Identity.StartToken == member.StartToken && process.Pgid == program.Pgid;

    public void Signal(GroupMembers members, int signal)
    {
        var all = members.IsWhole && IsWhole()
            ? machine.Members(program.Pgid)
            : [.. members.Proven.Where(IsThere).Select(member => machine.Find(member.Pid)!)];
        foreach (var process in all) machine.Signal(process, signal);
    }

    private bool IsWhole() => machine.HoldsGroup(self, program)
        || (program.Process.StartToken.Length > 0 && machine.Find(program.Pgid) is { } leader
            && leader.Identity.StartToken == program.Process.StartToken && leader.Pgid == program.Pgid);
}
