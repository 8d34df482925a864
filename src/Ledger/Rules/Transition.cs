using System.Collections.Immutable;
using Ledger.Model;

namespace Ledger.Rules;

/// <summary>One entry's way from a state to the next: the steps that several entries share, and a note of what they
/// did.</summary>
internal sealed class Transition(OperationState state)
{
    private ImmutableArray<OperationStatus> passed = [];
    private ImmutableArray<Frame> removed = [];
    private ImmutableArray<Frame> cancelled = [];
    private ImmutableArray<Frame> crashed = [];
    private ImmutableArray<Containment> contained = [];

    /// <summary>The entry's; the state bears it once it is finished.</summary>
    public long Position { get; } = state.Position + 1;

    public OperationState State { get; set; } = state;

    public Outcome Outcome(OperationStatus before, string? rejection) => new()
    {
        Position = Position,
        Rejection = rejection,
        Transitions = passed,
        Removed = removed,
        Cancelled = cancelled,
        Crashed = crashed,
        Contained = contained,
    };

    /// <summary>Takes the entry's position, and remembers the proposer's number and the answer.</summary>
    public void Finish(Entry entry, string? rejection)
    {
        var members = State.Members;
        if (rejection is not (Reasons.Duplicate or Reasons.WrongNonce)
            && members.TryGetValue(entry.Incarnation, out var member) && member.ParticipantId == entry.ParticipantId)
        {
            members = members.SetItem(member.Incarnation, member with
            {
                LastSequence = entry.Sequence,
                LastOutcome = (Position, rejection),
                LastAccepted = rejection is null ? Position : member.LastAccepted,
            });
        }
        State = State with { Position = Position, Members = members };
    }

    /// <summary>A new member, or another status of one.</summary>
    public void Put(Member member) => State = State with
    {
        Members = State.Members.SetItem(member.Incarnation, member),
        Joined = member.Status == MemberStatus.Joined
            ? State.Joined.Add(member.Incarnation) : State.Joined.Remove(member.Incarnation),
    };

    public void Put(Frame frame) => State = State with { Stack = State.Stack.SetItem(frame.Position, frame) };

    /// <summary>The registered supervisor id that equals this one but for case, or null.</summary>
    public string? DiffersInCase(string supervisorId) =>
        State.Supervisors.TryGetKey(supervisorId, out var present) && present != supervisorId ? present : null;

    public ImmutableArray<Frame> ActiveFramesOf(string incarnation) =>
        [.. State.Stack.Values.Where(f => f.Incarnation == incarnation && f.Status == FrameStatus.Active)];

    public void GoTo(OperationStatus status)
    {
        State = State with { Status = status };
        passed = passed.Add(status);
    }

    public void GoToCleanup(Cause cause)
    {
        State = State with { Cause = cause };
        GoTo(OperationStatus.Cleanup);
    }

    /// <summary>A crashed frame was cleaned; nothing of it is left to clean.</summary>
    public void MarkCleaned(Frame frame)
    {
        Put(frame with { Status = FrameStatus.CleanedUp, Resources = [] });
        State = State with { Settled = State.Settled + 1 };
    }

    public void Leave(Frame frame)
    {
        var settled = frame.Status == FrameStatus.CleanedUp ? State.Settled - 1 : State.Settled;
        State = State with { Stack = State.Stack.Remove(frame.Position), Settled = settled };
        removed = removed.Add(frame);
    }

    /// <summary>Crashes an active frame, without letting the crash propagate yet; its supervisor has yet to confirm.</summary>
    public Frame Crash(Frame frame, EvidenceType evidence)
    {
        frame = frame with { Status = FrameStatus.Crashed, Evidence = evidence };
        Put(frame);
        crashed = crashed.Add(frame);
        if (frame.SupervisorId is { } supervisor)
        {
            var notice = new CrashNotice(frame.Position, frame.CallId, supervisor, frame.SupervisorHandle ?? frame.CallId,
                frame.ParticipantId, frame.Incarnation, evidence, Position);
            State = State with { Unconfirmed = State.Unconfirmed.SetItem(frame.Position, notice) };
        }
        return frame;
    }

    /// <summary>A crash or failure goes up the callers until a frame contains it; all active frames of that domain are
    /// cancelled. Contained by none, it fails the operation. In cleanup everything ends anyway.</summary>
    public void Fail(Frame frame, Cause cause)
    {
        // A cancelled frame is in a domain that has failed already.
        if (State.Status != OperationStatus.Running || frame.Cancelled) return;
        if (frame.DomainRoot is not { } root)
        {
            GoToCleanup(cause);
            return;
        }
        if (contained.Any(c => c.Position == root)) return;
        contained = contained.Add(Contain(frame, root, cause));
        foreach (var member in State.Stack.Values)
        {
            if (member.Status != FrameStatus.Active || member.Cancelled) continue;
            if (member.Position != root && !member.Ancestors.Contains(root)) continue;
            var gone = member with { Cancellation = cause };
            Put(gone);
            cancelled = cancelled.Add(gone);
        }
    }

    /// <summary>Who is told that a domain failed. Its root may have left long ago: the path of any frame beneath it still
    /// names the root's caller.</summary>
    private Containment Contain(Frame frame, long root, Cause cause)
    {
        var path = frame.Ancestors.Add(frame.Position);
        var above = path.IndexOf(root) - 1;
        var caller = above < 0 ? null : State.Stack.GetValueOrDefault(path[above]);
        if (caller is not { Status: FrameStatus.Active }) caller = null;
        var top = State.Stack.GetValueOrDefault(root) ?? removed.FirstOrDefault(f => f.Position == root);
        return new Containment(root, top, caller, caller?.Incarnation ?? State.Initiator, cause);
    }

    public void EndRegistrations(string incarnation)
    {
        foreach (var r in State.Supervisors.Values.Where(r => r.Incarnation == incarnation && !r.Dead))
            State = State with { Supervisors = State.Supervisors.SetItem(r.SupervisorId, r with { Dead = true }) };
    }

    public void Report(ImmutableArray<LeftBehind> left)
    {
        var room = Limits.LeftBehind - State.LeftBehind.Length;
        if (left.Length > 0 && room > 0)
            State = State with { LeftBehind = State.LeftBehind.AddRange(left.Take(room)) };
    }

    /// <summary>Lets settled frames leave until no more can, and ends a cleanup whose stack is empty.</summary>
    public void Settle()
    {
        while (State.Settled > 0)
        {
            var held = State.Stack.Values.Where(f => f.Status == FrameStatus.Active)
                .SelectMany(f => f.Ancestors).ToHashSet();
            var free = State.Stack.Values.Where(f => f.Status == FrameStatus.CleanedUp
                && !held.Contains(f.Position) && !WaitsForCaller(f)).ToList();
            if (free.Count == 0) break;
            free.ForEach(Leave);
        }
        if (State.Status == OperationStatus.Cleanup && State.Stack.IsEmpty) GoTo(OperationStatus.Failed);
    }

    /// <summary>A settled frame stays for a direct caller that is neither gone nor settled; not in a running operation,
    /// where only a contained domain can have settled frames.</summary>
    private bool WaitsForCaller(Frame frame) =>
        State.Status != OperationStatus.Running
        && frame.Caller is { } caller
        && State.Stack.GetValueOrDefault(caller) is { } above
        && above.Status != FrameStatus.CleanedUp;
}
