using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>What each entry does to a group. As pure and total as <see cref="Fold"/>, and with the same handling of retries:
/// who was heard is answered from the state. Every expiry is an entry: the fold knows no time.</summary>
internal static class GroupFold
{
    /// <summary>The fold version this program writes and reads.</summary>
    public const int Version = 1;

    /// <summary>A new group: what its first segment begins with.</summary>
    public static GroupState Create(string groupId, string createdAt) =>
        new() { GroupId = groupId, CreatedAt = createdAt };

    /// <summary>What the segment after a seal begins with: everything stays. Entries that name another segment are void, and
    /// are not folded at all.</summary>
    public static GroupState Continue(GroupState atSeal) => atSeal with
    {
        Segment = atSeal.Segment + 1,
        SegmentStart = atSeal.Position,
        Sealed = false,
    };

    /// <summary>The state after one more entry, and what the entry did.</summary>
    public static GroupFolded Apply(GroupState state, GroupEntry entry)
    {
        // Behind the seal nothing has happened, not even an entry: the next segment begins with the state at the seal.
        if (state.Sealed) return new(state, new(state.Position, GroupReasons.Sealed, []));
        var next = state with { Position = state.Position + 1 };
        var change = new GroupTransition(next, entry.Timestamp);
        var rejection = GroupTransition.Cut(Refuse(state, entry) ?? Dispatch(change, entry));
        if (rejection is not null) change = new GroupTransition(next, entry.Timestamp);
        // Only what changed a supervisor lets others follow.
        else if (change.State.Supervisors != state.Supervisors) Dependencies.Settle(change);
        if (rejection is not Reasons.Duplicate) change.Answer(entry, rejection);
        GroupInvariants.Check(change.State);
        return new(change.State, new(next.Position, rejection, change.Events));
    }

    /// <summary>Who may propose what at all.</summary>
    private static string? Refuse(GroupState s, GroupEntry e)
    {
        if (!s.Members.TryGetValue(e.Incarnation, out var member))
            return IsOpenToAll(e.Data) ? null : Reasons.NotMember;
        if (member.ParticipantId != e.ParticipantId) return Reasons.NotMember;
        if (e.Sequence <= member.LastSequence) return Reasons.Duplicate;
        if (member.Departure is DepartureReason.Crashed or DepartureReason.Removed) return Reasons.Fenced;
        if (!member.IsPresent) return Reasons.Left;
        return e.Data is OrchestratorEntry d ? RefuseTerm(s, e, d) : null;
    }

    /// <summary>Who orchestrates no more is not heard, whatever it still believes.</summary>
    private static string? RefuseTerm(GroupState s, GroupEntry e, OrchestratorEntry d)
    {
        if (d.Term != s.Term) return $"{GroupReasons.StaleTerm}: {s.Term}";
        return s.Acting == e.Incarnation ? null : GroupReasons.NotOrchestrator;
    }

    private static bool IsOpenToAll(GroupEntryData data) =>
        data is MemberJoined or MemberCrashed or Model.Groups.Invited or InvitationCancelled or CommandSent or CommandExpired
            or StopRequested;

    private static string? Dispatch(GroupTransition t, GroupEntry e) => e.Data switch
    {
        MemberJoined d => Membership.Joined(t, e, d),
        MemberDraining => Membership.Drains(t, e),
        MemberLeft => Membership.Leaves(t, e),
        MemberCrashed d => Membership.Crashed(t, d),
        MemberRemoved d => Membership.Removed(t, d),
        OrchestratorTakenOver d => Orchestration.TakenOver(t, e, d),
        OrchestratorReady => Orchestration.Goes(t, OrchestratorStatus.Running),
        OrchestratorStopping => Orchestration.Goes(t, OrchestratorStatus.ShuttingDown),
        OrchestratorStopped => Orchestration.Goes(t, OrchestratorStatus.Stopped),
        OrphansFound d => Orchestration.Swept(t, e, d),
        GroupSupervisorRegistered d => Registering.Registered(t, e, d),
        SupervisorUnregistered d => Registering.Unregistered(t, e, d),
        StartReserved d => Starts.Reserved(t, e, d),
        StartTaken d => Starts.Taken(t, e, d),
        SupervisorActivated d => Starts.Activated(t, e, d),
        SupervisorFailed d => Stops.Failed(t, e, d),
        StartTimedOut d => Stops.TimedOut(t, d),
        ResourcesHeld d => Stops.Held(t, e, d),
        SupervisorGivenUp d => Stops.GivenUp(t, d),
        AttemptsReset d => Stops.Reset(t, d),
        StopRequested d => Stops.StopWanted(t, d),
        SupervisorStopped d => Stops.Stopped(t, e, d),
        SupervisorAdopted d => Stops.Adopted(t, e, d),
        CommandEntry d => Commands.Apply(t, e, d),
        Model.Groups.Invited d => Invitations.Made(t, e, d),
        InvitationCancelled d => Invitations.Ends(t, e, d.InviteId, InvitationStatus.Cancelled),
        InvitationExpired d => Invitations.Ends(t, e, d.InviteId, InvitationStatus.Expired),
        BarrierOpened d => Barriers.Opened(t, e, d),
        BarrierReached d => Barriers.Reached(t, e, d),
        SegmentSealed d => Sealed(t, d),
        _ => Reasons.NotFirst,
    };

    private static string? Sealed(GroupTransition t, SegmentSealed d)
    {
        if (d.Segment != t.State.Segment) return GroupReasons.NotSealable;
        t.State = t.State with { Sealed = true };
        return null;
    }
}

/// <summary>The state of a group after an entry, and what the entry did.</summary>
internal sealed record GroupFolded(GroupState State, GroupOutcome Outcome);
