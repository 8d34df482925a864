using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>The part of the group's fold that deals with who is a member.</summary>
internal static class Membership
{
    public static string? Joined(GroupTransition t, GroupEntry e, MemberJoined d)
    {
        var s = t.State;
        if (s.Members.ContainsKey(e.Incarnation)) return GroupReasons.AlreadyPresent;
        if (d.ReadTo < s.ForgottenTo) return GroupReasons.TooLate;
        if (e.Incarnation.Length > GroupLimits.IncarnationLength || d.RunId is { Length: > GroupLimits.NameLength }
            || Length(d.Process) > GroupLimits.IdentityLength) return GroupReasons.TooLong;
        if (s.Members.Values.Count(m => m.IsPresent) >= GroupLimits.Members)
            return $"{Reasons.LimitReached}: {GroupLimits.Members} members";
        if (Invitations.Used(t, e.ParticipantId, d) is { } no) return no;
        var member = new GroupMember(e.ParticipantId, e.Incarnation, d.Process, t.Position)
        {
            CanOrchestrate = d.CanOrchestrate,
            CanSpawn = d.CanSpawn,
            RunId = d.RunId,
        };
        t.Put(member);
        Tell(t, member);
        return null;
    }

    public static string? Drains(GroupTransition t, GroupEntry e)
    {
        var member = t.State.Members[e.Incarnation];
        if (member.Status == GroupMemberStatus.Draining) return GroupReasons.Draining;
        member = member with { Status = GroupMemberStatus.Draining };
        t.Put(member);
        Tell(t, member);
        Barriers.Drop(t, e.Incarnation);
        return null;
    }

    public static string? Leaves(GroupTransition t, GroupEntry e)
    {
        Depart(t, e.Incarnation, DepartureReason.Normal, "it left");
        return null;
    }

    public static string? Removed(GroupTransition t, MemberRemoved d)
    {
        if (!t.State.IsPresent(d.Removed)) return Reasons.NotMember;
        Depart(t, d.Removed, DepartureReason.Removed, $"removed: {d.Reason}");
        return null;
    }

    public static string? Crashed(GroupTransition t, MemberCrashed d)
    {
        if (t.State.Members.GetValueOrDefault(d.Accused) is not { } accused) return Reasons.NotMember;
        if (d.Evidence is not (EvidenceType.ProcessExited or EvidenceType.HeartbeatStale)) return Reasons.WrongEvidence;
        if (accused.Departure is { } gone) return gone == DepartureReason.Normal ? Reasons.Left : Reasons.AlreadyCrashed;
        if (d.Evidence == EvidenceType.HeartbeatStale && accused.LastAccepted > d.ReadTo) return Reasons.StaleEvidence;
        Depart(t, d.Accused, DepartureReason.Crashed, $"{Wire.Name(d.Evidence)} of {accused.ParticipantId}");
        return null;
    }

    /// <summary>A member is gone, and with it whatever hangs on it: in one entry, so that nothing is seen half done.</summary>
    private static void Depart(GroupTransition t, string incarnation, DepartureReason why, string reason)
    {
        var member = t.State.Members[incarnation] with
        {
            Status = GroupMemberStatus.Left,
            Departure = why,
            LeftAt = t.Position,
        };
        t.Put(member);
        Tell(t, member);
        if (t.State.Acting == incarnation)
            t.Put(t.State.Orchestrator! with { Status = OrchestratorStatus.Stopped });
        Stops.Bereave(t, incarnation, why, reason);
        Commands.Bereave(t, incarnation, why);
        Barriers.Drop(t, incarnation);
        Forget(t);
    }

    private static void Forget(GroupTransition t)
    {
        var old = GroupTransition.Oldest(t.State.Members, m => m.LeftAt, GroupLimits.Departed);
        if (old.Count == 0) return;
        var last = t.State.Members[old[^1]].LeftAt;
        t.State = t.State with { Members = t.State.Members.RemoveRange(old), ForgottenTo = last };
    }

    private static void Tell(GroupTransition t, GroupMember m) =>
        t.Note(new MembershipChanged(m.ParticipantId, m.Incarnation, m.Status, m.Departure));

    private static int Length(ProcessIdentity p) => p.Host.Length + p.BootId.Length + p.PidNamespace.Length
        + p.MountNamespace.Length + p.User.Length + p.StartToken.Length;
}
