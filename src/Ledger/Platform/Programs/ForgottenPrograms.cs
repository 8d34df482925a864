using Ledger.Model.Groups;

namespace Ledger.Platform.Programs;

/// <summary>Programs of a supervisor that its record does not name, because it was taken off the list and registered anew while
/// they still lived: only their marks tell of them.</summary>
internal static class ForgottenPrograms
{
    /// <summary>Those at this place that nobody living answers for, each by its process group.</summary>
    /// <param name="host">The processes.</param>
    /// <param name="state">The group.</param>
    /// <param name="supervisor">Whose programs.</param>
    /// <param name="ledgerPath">The ledger's directory, as in the marks.</param>
    /// <param name="isOwned">True when somebody living answers for the process.</param>
    public static IReadOnlyList<HostedProgram> Find(
        IProgramHost host, GroupState state, SupervisorEntry supervisor, string ledgerPath, Func<FoundProcess, bool> isOwned)
    {
        // Looking through all processes takes a while, and without a member that is gone from here there is nobody to find.
        if (supervisor.Program is not null || !state.Members.Values.Any(m => !m.IsPresent && m.Process.SharesPlaceWith(host.Self)))
            return [];
        return
        [
            .. host.Find(ledgerPath, state.GroupId)
                .Where(p => string.Equals(p.Owner.Supervisor, supervisor.SupervisorId, StringComparison.OrdinalIgnoreCase) && !isOwned(p))
                .GroupBy(p => (p.Pgid, p.Owner))
                .Select(g => Program(host, g.Key.Pgid, g.Key.Owner, g)),
        ];
    }

    /// <summary>With a leader that lives the whole group is its; without one each member proves itself.</summary>
    private static HostedProgram Program(IProgramHost host, int pgid, ProgramOwner owner, IEnumerable<FoundProcess> members)
    {
        var start = members.FirstOrDefault(p => p.Pid == pgid)?.StartToken ?? "";
        // Whatever its mode was: who would answer for it is gone.
        return new HostedProgram(host.Self with { Pid = pgid, StartToken = start }, pgid, SupervisorMode.Coupled, owner);
    }
}
