using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;
using Ledger.Tests.Rules.Exploration;

namespace Ledger.Tests.Rules.GroupExploration;

/// <summary>What happened, kept apart from the fold: by this it is judged.</summary>
internal sealed class GroupTruth
{
    /// <summary>Who took over each term.</summary>
    public Dictionary<long, string> Rulers { get; } = [];

    /// <summary>The membership events of each incarnation.</summary>
    public Dictionary<string, List<GroupMemberStatus>> Membership { get; } = [];

    public HashSet<string> Taken { get; } = [];

    public HashSet<string> Ended { get; } = [];

    /// <summary>Activations, by supervisor and run.</summary>
    public HashSet<(string, long)> Activated { get; } = [];

    /// <summary>What the run came across.</summary>
    public HashSet<string> Reached { get; } = [];
}

/// <summary>What must hold of every single entry of a group, without the fold's own means.</summary>
internal static class GroupProperties
{
    public static void Check(GroupState before, GroupState after, GroupEntry entry, GroupOutcome outcome, GroupTruth truth)
    {
        if (GroupInvariants.Fault(after) is { } fault) throw new PropertyException(fault);
        Require(after.Position == before.Position + 1, "a position was skipped");
        truth.Reached.Add(outcome.Rejection is { } no ? Ledger.Rules.Reasons.Code(no) : Wire.Name(entry.Data.Type));
        if (!outcome.Accepted)
        {
            Require(outcome.Events.IsEmpty && SameButForNumbers(before, after, entry.Incarnation), "a rejected entry changed something");
            return;
        }
        Heard(before, entry);
        Rules(before, after, entry, truth);
        foreach (var e in outcome.Events) Event(before, entry, e, truth);
        Stops(before, after);
    }

    public static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new PropertyException(otherwise);
    }

    private static void Heard(GroupState before, GroupEntry entry)
    {
        if (before.Members.GetValueOrDefault(entry.Incarnation) is not { } m) return;
        Require(m.IsPresent, $"{entry.Incarnation} is gone, and was heard");
        Require(entry.Sequence > m.LastSequence, "a retry was heard");
    }

    private static void Rules(GroupState before, GroupState after, GroupEntry entry, GroupTruth truth)
    {
        switch (entry.Data)
        {
            case OrchestratorTakenOver d:
                Require(d.ExpectedTerm == before.Term && after.Term == before.Term + 1, "a takeover of another term");
                Require(truth.Rulers.TryAdd(after.Term, entry.Incarnation), "two orchestrators in one term");
                var last = truth.Rulers.GetValueOrDefault(before.Term);
                Require(last is null || !before.IsPresent(last) || before.Orchestrator!.Status == OrchestratorStatus.Stopped,
                    "an orchestrator was deposed that lives");
                break;
            case OrchestratorEntry d:
                Require(d.Term == before.Term && truth.Rulers[d.Term] == entry.Incarnation, "a deposed orchestrator was heard");
                break;
            case RunEntry d:
                Require(before.Supervisors[d.SupervisorId].Run == d.Run, "an earlier run was meant");
                break;
            case CommandSent d:
                Require(!before.Commands.ContainsKey(d.CommandId), "a command was sent twice");
                break;
        }
        if (entry.Data is SupervisorActivated a)
        {
            Require(truth.Activated.Add((a.SupervisorId, a.Run)), "a run was activated twice");
            var hash = before.Supervisors[a.SupervisorId].Reservation!.TokenHash;
            Require(a.Proof is null ? hash is null : Invitations.Hash(a.Proof) == hash, "a wrong token was believed");
        }
        if (entry.Data is not StartReserved r) return;
        var x = before.Supervisors[r.SupervisorId];
        Require(!x.StopWanted, "started against a stop");
        Require(x.Status is SupervisorStatus.Registered or SupervisorStatus.WaitingForDependencies
            or SupervisorStatus.RestartScheduled, "started while it may live");
        Require(x.Settings.Dependencies.All(d => before.Supervisors.GetValueOrDefault(d)?.Status == SupervisorStatus.Running),
            "started before what it depends on");
    }

    private static void Event(GroupState before, GroupEntry entry, GroupEvent e, GroupTruth truth)
    {
        switch (e)
        {
            case MembershipChanged m:
                if (!truth.Membership.TryGetValue(m.Incarnation, out var told)) truth.Membership[m.Incarnation] = told = [];
                Require(!told.Contains(m.Status) && (told.Count == 0 || told[^1] < m.Status), $"{m.Incarnation} {m.Status} told twice");
                Require((told.Count == 0) == (m.Status == GroupMemberStatus.Joined), "gone without having come");
                told.Add(m.Status);
                break;
            case OrchestratorChanged { Orchestrator.Status: OrchestratorStatus.Starting }:
                Require(entry.Data is OrchestratorTakenOver, "a takeover without its entry");
                break;
            case CommandChanged { Command: { Status: CommandStatus.Taken } c }:
                Require(truth.Taken.Add(c.CommandId), $"{c.CommandId} was taken twice");
                break;
            case CommandChanged { Command: { IsOver: true } c }:
                Require(truth.Ended.Add(c.CommandId), $"{c.CommandId} has two outcomes");
                break;
            case SupervisorChanged { From: { } from, To: { } to } s:
                truth.Reached.Add($"{Wire.Name(from)} > {Wire.Name(to)}");
                Require(from != SupervisorStatus.Running || to is SupervisorStatus.Failed or SupervisorStatus.ShuttingDown
                    || entry.Data is OrchestratorTakenOver, $"{s.SupervisorId}: from running to {to}");
                Require(to != SupervisorStatus.Running || from is SupervisorStatus.Starting or SupervisorStatus.Registered
                    or SupervisorStatus.WaitingForDependencies, $"{s.SupervisorId}: from {from} to running");
                break;
        }
    }

    /// <summary>Nothing is asked to stop while what depends on it may live.</summary>
    private static void Stops(GroupState before, GroupState after)
    {
        foreach (var x in after.Supervisors.Values.Where(x => x is { Status: SupervisorStatus.ShuttingDown, StopWanted: true }))
        {
            if (before.Supervisors.GetValueOrDefault(x.SupervisorId)?.Status == SupervisorStatus.ShuttingDown) continue;
            var first = after.Supervisors.Values.Where(y => y.Settings.Dependencies.Contains(x.SupervisorId)
                && y.Status is SupervisorStatus.Starting or SupervisorStatus.Running or SupervisorStatus.ShuttingDown);
            Require(!first.Any(y => y.Settings.Dependencies.Contains(x.SupervisorId)), $"{x.SupervisorId} stops before its dependants");
        }
    }

    private static bool SameButForNumbers(GroupState before, GroupState after, string proposer)
    {
        var members = before.Members;
        if (after.Members.TryGetValue(proposer, out var m) && members.TryGetValue(proposer, out var was))
            members = members.SetItem(proposer, was with { LastSequence = m.LastSequence, LastOutcome = m.LastOutcome });
        return after == before with { Position = after.Position, Members = after.Members }
            && members.Count == after.Members.Count && members.All(p => p.Value == after.Members[p.Key]);
    }
}
