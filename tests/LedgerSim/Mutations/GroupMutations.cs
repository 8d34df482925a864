using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Sim;

/// <summary>Folds and plans of groups that accept, forget or do what they must not.</summary>
internal static class GroupMutations
{
    public static IReadOnlyList<Mutation> All { get; } =
    [
        Fold("group-fold-hears-the-dead", "a member that was declared crashed is heard all the same", (s, e) =>
            s.Members.GetValueOrDefault(e.Incarnation) is { Departure: DepartureReason.Crashed } m
                ? GroupFold.Apply(s with { Members = s.Members.SetItem(m.Incarnation, m with { Status = GroupMemberStatus.Joined, Departure = null, LeftAt = 0 }) }, e)
                : GroupFold.Apply(s, e)),
        Fold("group-fold-waits-for-the-draining", "barriers go on waiting for who drains", (s, e) =>
        {
            var folded = GroupFold.Apply(s, e);
            return e.Data is MemberDraining ? folded with { State = folded.State with { Barriers = s.Barriers } } : folded;
        }),
        Fold("group-fold-leaves-commands-open", "what a dead member had taken stays open", (s, e) =>
        {
            var folded = GroupFold.Apply(s, e);
            return e.Data is MemberCrashed ? folded with { State = folded.State with { Commands = s.Commands } } : folded;
        }),
        Plan("group-plan-never-takes-over", "nobody takes over from a dead orchestrator", (s, o) => Propose(s, o, d => d is not OrchestratorTakenOver || s.Term == 0)),
        Plan("group-plan-starts-nothing", "what failed is never started again", (s, o) => Propose(s, o, d => d is not StartReserved { Attempt: > 0 })),
        Plan("group-plan-expires-nothing", "no deadline is ever over", (s, o) => Propose(s, o, d => d is not CommandExpired and not InvitationExpired)),
        Plan("group-plan-accuses-everybody", "whoever is not alone suspects the others", (s, o) =>
        [
            .. GroupPlan.For(s, o),
            .. s.Members.Values.Where(m => m.IsPresent && m.Incarnation != o.Self && s.Position % 7 == 6)
                .Select(m => new ProposeToGroup(new MemberCrashed(m.ParticipantId, m.Incarnation, EvidenceType.HeartbeatStale, 0, s.Position))),
        ]),
        Plan("group-plan-stops-nothing", "what is to stop goes on", (s, o) => GroupPlan.For(s, o).Where(x => x is not StopProgram)),
    ];

    private static IEnumerable<GroupStep> Propose(GroupState s, GroupObservation o, Func<GroupEntryData, bool> keeps) =>
        GroupPlan.For(s, o).Select(step => step is ProposeToGroup p ? new ProposeToGroup([.. p.Data.Where(keeps)]) : step)
            .Where(step => step is not ProposeToGroup { Data.IsEmpty: true });

    private static Mutation Fold(string name, string what, Func<GroupState, GroupEntry, GroupFolded> fold) =>
        Mutation.OfGroups(name, what, rules => rules with { Fold = fold });

    private static Mutation Plan(string name, string what, Func<GroupState, GroupObservation, IEnumerable<GroupStep>> plan) =>
        Mutation.OfGroups(name, what, rules => rules with { Plan = (s, o) => [.. plan(s, o)] });
}
