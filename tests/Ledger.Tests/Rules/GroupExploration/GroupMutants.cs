using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Tests.Rules.GroupExploration;

/// <summary>Faulty rules. Each must be noticed.</summary>
internal static class GroupMutants
{
    public static readonly Dictionary<string, GroupRuleBook> All = new()
    {
        ["a deposed orchestrator is heard"] = Fold((s, e) => e.Data is OrchestratorEntry d && s.Orchestrator is { } o
            ? (s with { Orchestrator = o with { Term = d.Term, Incarnation = e.Incarnation, Status = OrchestratorStatus.Running } }, e) : (s, e)),
        ["a living orchestrator can be deposed"] = Fold((s, e) => e.Data is OrchestratorTakenOver && s.Orchestrator is { } o
            ? (s with { Orchestrator = o with { Status = OrchestratorStatus.Stopped } }, e) : (s, e)),
        ["the expected term is ignored"] = Fold((s, e) => e.Data is OrchestratorTakenOver d
            ? (s, e with { Data = d with { ExpectedTerm = s.Term } }) : (s, e)),
        ["the run is ignored"] = Fold((s, e) => e.Data is RunEntry d && s.Supervisors.GetValueOrDefault(d.SupervisorId) is { } x
            ? (s, e with { Data = d with { Run = x.Run } }) : (s, e)),
        ["any token will do"] = Fold((s, e) => e.Data is SupervisorActivated { Proof: { } p } d
            && s.Supervisors.GetValueOrDefault(d.SupervisorId) is { Reservation: { TokenHash: not null } r } x
            ? (Put(s, x with { Reservation = r with { TokenHash = Invitations.Hash(p) } }), e) : (s, e)),
        ["a repeated command is sent anew"] = Fold((s, e) => e.Data is CommandSent d
            ? (s with { Commands = s.Commands.Remove(d.CommandId) }, e) : (s, e)),
        ["a retry is heard"] = Fold((s, e) => s.Members.GetValueOrDefault(e.Incarnation) is { } m
            ? (s with { Members = s.Members.SetItem(m.Incarnation, m with { LastSequence = -1 }) }, e) : (s, e)),
        ["who is gone is heard"] = Fold((s, e) => e.Data is not MemberJoined && s.Members.GetValueOrDefault(e.Incarnation) is { IsPresent: false } m
            ? (s with { Members = s.Members.SetItem(m.Incarnation, m with { Status = GroupMemberStatus.Joined, Departure = null, LeftAt = 0 }) }, e) : (s, e)),
        ["a reservation waits for nothing"] = Fold((s, e) => e.Data is StartReserved d && s.Supervisors.GetValueOrDefault(d.SupervisorId) is { } x
            ? (Put(s, x with { Settings = x.Settings with { Dependencies = [] } }), e) : (s, e)),
        ["a running supervisor is started again"] = Fold((s, e) => e.Data is StartReserved d
            && s.Supervisors.GetValueOrDefault(d.SupervisorId) is { Status: SupervisorStatus.Running } x
            ? (Put(s, x with { Status = SupervisorStatus.Registered }), e) : (s, e)),
        ["a pending stop is forgotten"] = Fold((s, e) => e.Data is StartReserved d && s.Supervisors.GetValueOrDefault(d.SupervisorId) is { StopWanted: true } x
            ? (Put(s, x with { StopWanted = false, Status = SupervisorStatus.Registered }), e) : (s, e)),
        ["a command outlives its receiver"] = After((before, e, after) =>
            e.Data is MemberCrashed or MemberLeft ? after with { Commands = before.Commands } : after),
        ["a barrier waits for the dead"] = After((before, e, after) =>
            e.Data is MemberCrashed or MemberLeft ? after with { Barriers = before.Barriers } : after),
        ["nobody is accused"] = Plan(step => step is not ProposeToGroup p || !p.Data.Any(d => d is MemberCrashed)),
        ["nothing expires"] = Plan(step => step is not ProposeToGroup p || !p.Data.Any(d => d is CommandExpired)),
        ["nobody takes over"] = Plan(step => step is not ProposeToGroup p || !p.Data.Any(d => d is OrchestratorTakenOver)),
        ["nothing is started"] = Plan(step => step is not ProposeToGroup p || !p.Data.Any(d => d is StartReserved)),
        ["the dead are not released"] = Plan(step => step is not ReleaseOld),
    };

    private static GroupState Put(GroupState s, SupervisorEntry x) => s with { Supervisors = s.Supervisors.SetItem(x.SupervisorId, x) };

    private static GroupRuleBook Fold(Func<GroupState, GroupEntry, (GroupState, GroupEntry)> before) => new()
    {
        Fold = (s, e) =>
        {
            var (state, entry) = before(s, e);
            var folded = GroupFold.Apply(state, entry);
            // What the mutation made way for does not show when the entry is rejected all the same.
            return folded.Outcome.Accepted ? folded : GroupFold.Apply(s, e);
        },
    };

    private static GroupRuleBook After(Func<GroupState, GroupEntry, GroupState, GroupState> after) => new()
    {
        Fold = (s, e) => GroupFold.Apply(s, e) is var folded && folded.Outcome.Accepted
            ? folded with { State = after(s, e, folded.State) } : folded,
    };

    private static GroupRuleBook Plan(Func<GroupStep, bool> kept) => new() { Plan = (s, o) => [.. GroupPlan.For(s, o).Where(kept)] };
}
