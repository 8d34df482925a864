using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Platform.Programs;

namespace Ledger.Hosting.Supervision.Groups;

/// <summary>Which processes a supervisor's latest run may have left, beyond doubt.</summary>
internal static class OldPrograms
{
    /// <summary>The user's program as it was last activated; null when there was none. A process that was itself the program
    /// stands at the supervisor's place.</summary>
    public static HostedProgram? Program(GroupState state, SupervisorEntry supervisor, string ledgerPath)
    {
        if (supervisor.Program is not { } program) return null;
        var process = supervisor.Place with { Pid = program.Pid, StartToken = program.StartToken };
        return Identity(process, program.Pgid, supervisor, Owner(state, supervisor, ledgerPath, RunOf(state, supervisor)));
    }

    /// <summary>The process that was spawned to run it and is no member any more: a frozen one would wake up beside its
    /// successor. Null when a person started it; that one sees by itself that it is out.</summary>
    public static HostedProgram? Wrapper(GroupState state, SupervisorEntry supervisor, string ledgerPath)
    {
        var member = MemberAt(state, supervisor.Place);
        if (member is not { IsPresent: false, RunId: { } run } || supervisor.Place.Pid == supervisor.Program?.Pid) return null;
        return Identity(supervisor.Place, supervisor.Place.Pid, supervisor, Owner(state, supervisor, ledgerPath, run));
    }

    private static HostedProgram Identity(ProcessIdentity process, int pgid, SupervisorEntry supervisor, ProgramOwner owner) =>
        // Both kinds that are started here may be ended here; the others are refused by their mode.
        new(process, pgid, supervisor.Settings.Mode, owner);

    private static ProgramOwner Owner(GroupState state, SupervisorEntry supervisor, string ledgerPath, string run) =>
        new(ledgerPath, state.GroupId, supervisor.SupervisorId, run);

    /// <summary>The run its program's processes carry: the incarnation of the process that started it, or, when that process
    /// is itself the program, the run of whoever spawned it.</summary>
    private static string RunOf(GroupState state, SupervisorEntry supervisor)
    {
        var member = MemberAt(state, supervisor.Place);
        return (supervisor.Program?.Pid == supervisor.Place.Pid ? member?.RunId : supervisor.Incarnation ?? member?.Incarnation) ?? "";
    }

    private static GroupMember? MemberAt(GroupState state, ProcessIdentity place) =>
        state.Members.Values.Where(member => member.Process == place).MaxBy(member => member.JoinedAt);
}
