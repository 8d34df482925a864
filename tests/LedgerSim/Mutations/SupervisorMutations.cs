using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Sim;

/// <summary>Folds of groups that take supervisors where they must not go. The reference folds with them too, as if the product had
/// the fault: nobody's state is another one's, and only what is said a second time can tell.</summary>
internal static class SupervisorMutations
{
    public static IReadOnlyList<Mutation> All { get; } =
    [
        Fold("supervisors-keep-attempts", "who registers anew has the restarts of before", (s, e, folded) =>
            e.Data is GroupSupervisorRegistered d && s.Supervisors.GetValueOrDefault(d.SupervisorId) is { } before
                ? Change(folded, x => Same(x, before.SupervisorId), x => x with { Attempts = before.Attempts }) : folded),
        Fold("supervisors-have-no-owner", "who spawned one is not its owner", (_, e, folded) =>
            e.Data is SupervisorActivated { Proof: not null } d
                ? Change(folded, x => Same(x, d.SupervisorId), x => x with { Owner = null }) : folded),
        Fold("supervisors-outlive-the-dead", "what ran on a member that is dead goes on running", (s, e, folded) =>
            e.Data is MemberCrashed
                ? Change(folded, x => Before(s, x) == SupervisorStatus.Running, x => s.Supervisors[x.SupervisorId]) : folded),
        Fold("supervisors-wait-the-first-wait", "each restart waits as long as the first", (_, _, folded) =>
            Change(folded, x => x.Status == SupervisorStatus.RestartScheduled,
                x => x with { BackoffMs = x.Settings.StartInfo!.RestartPolicy.BackoffIntervalsMs[0] })),
    ];

    private static Mutation Fold(string name, string what, Func<GroupState, GroupEntry, GroupFolded, GroupFolded> change) =>
        Mutation.OfGroupFolds(name, what, (s, e) =>
        {
            var folded = GroupFold.Apply(s, e);
            return folded.Outcome.Accepted ? change(s, e, folded) : folded;
        });

    private static GroupFolded Change(GroupFolded folded, Func<SupervisorEntry, bool> which, Func<SupervisorEntry, SupervisorEntry> how)
    {
        var changed = folded.State.Supervisors.Values.Where(which).Select(x => KeyValuePair.Create(x.SupervisorId, how(x)));
        return folded with { State = folded.State with { Supervisors = folded.State.Supervisors.SetItems(changed) } };
    }

    private static SupervisorStatus? Before(GroupState s, SupervisorEntry x) => s.Supervisors.GetValueOrDefault(x.SupervisorId)?.Status;

    private static bool Same(SupervisorEntry x, string id) => string.Equals(x.SupervisorId, id, StringComparison.OrdinalIgnoreCase);
}
