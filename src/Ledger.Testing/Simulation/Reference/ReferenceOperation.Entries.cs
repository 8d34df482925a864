using System.Collections.Immutable;
using Ledger.Model;

namespace Ledger.Testing.Simulation.Reference;

/// <summary>What each entry does: sections 2 to 6.</summary>
internal sealed partial class ReferenceOperation
{
    /// <summary>The frame an entry is about, if it is its proposer's and active.</summary>
    private ReferenceFrame? Own(Entry e, FrameEntry d) =>
        frames.GetValueOrDefault(d.Token) is { IsActive: true } f && f.CallId == d.CallId && f.Incarnation == e.Incarnation ? f : null;

    private bool Undisturbed(ReferenceFrame f) => Status == OperationStatus.Running && !f.Cancelled;

    private IEnumerable<ReferenceFrame> ActiveOf(string incarnation) => frames.Values.Where(f => f.IsActive && f.Incarnation == incarnation);

    private bool Left(Entry e, ParticipantLeft d)
    {
        members[e.Incarnation].Status = MemberStatus.Left;
        Bury(e.Incarnation);
        if (Initiator == e.Incarnation && Status == OperationStatus.Running) ToCleanup(CauseType.InitiatorLost);
        var mine = ActiveOf(e.Incarnation).ToList();
        foreach (var f in mine) Leave(f, [], endedWell: !d.Failed);
        return !d.Failed || Fail(mine, CauseType.CallFailed);
    }

    private bool HandedOver(Entry e, InitiatorChanged d)
    {
        if (Status != OperationStatus.Running || Initiator != e.Incarnation) return false;
        if (members.GetValueOrDefault(d.To)?.Status != MemberStatus.Joined) return false;
        Initiator = d.To;
        return true;
    }

    private bool Started(Entry e, CallStarted d, long position)
    {
        if (Status != OperationStatus.Running) return false;
        if (frames.Values.Any(f => string.Equals(f.CallId, d.CallId, StringComparison.OrdinalIgnoreCase))) return false;
        ReferenceFrame? caller = null;
        if (d.Caller is { } by && !(frames.TryGetValue(by, out caller) && caller is { IsActive: true, Cancelled: false })) return false;
        frames[position] = new ReferenceFrame(position, e.Incarnation, d, caller);
        return true;
    }

    private static bool Keep(ReferenceFrame f, Resource resource)
    {
        f.Resources[resource.Key] = resource;
        return true;
    }

    private bool Leave(ReferenceFrame f, ImmutableArray<LeftBehind> left, bool endedWell = false)
    {
        f.OnStack = false;
        f.EndedWell = endedWell;
        return Report(f, left);
    }

    private bool Report(ReferenceFrame f, ImmutableArray<LeftBehind> left)
    {
        foreach (var l in left) LeftBehind.Add((f.Position, l.Resource.Key));
        return true;
    }

    /// <summary>Section 3: up the callers to the first that contains it, else the operation.</summary>
    private bool Fail(IReadOnlyCollection<ReferenceFrame> failed, CauseType cause)
    {
        var before = failed.Where(f => !f.Cancelled).ToList();
        foreach (var f in before)
        {
            if (Status != OperationStatus.Running) break;
            if (f.Root is not { } root)
            {
                ToCleanup(cause);
                break;
            }
            foreach (var hit in frames.Values.Where(h => h.IsActive && !h.Cancelled && h.Path().Contains(root)))
            {
                hit.Cancelled = true;
                hit.EndingSince ??= at;
            }
        }
        return true;
    }

    private bool Crashed(CrashDetected d)
    {
        if (!members.TryGetValue(d.Accused, out var accused) || IsRefuted(accused, d.Evidence, d.ReadTo)) return false;
        accused.Status = MemberStatus.Crashed;
        Bury(d.Accused);
        var hit = ActiveOf(d.Accused).ToList();
        hit.ForEach(Crash);
        if (Initiator == d.Accused && Status == OperationStatus.Running) ToCleanup(CauseType.InitiatorLost);
        return Fail(hit, CauseType.ParticipantCrashed);
    }

    private bool Hung(CrashDetected d)
    {
        if (!members.ContainsKey(d.Accused)) return false;
        var hit = ActiveOf(d.Accused).Where(f => d.FencingTokens.Contains(f.Position)).ToList();
        var isOverdue = d.Evidence == EvidenceType.CleanupOverdue;
        if (hit.Count == 0 || hit.Exists(f => isOverdue ? Undisturbed(f) : f.Start.WatchdogMs is null)) return false;
        hit.ForEach(Crash);
        return Fail(hit, CauseType.FrameHung);
    }

    private static bool IsRefuted(ReferenceMember accused, EvidenceType evidence, long readTo) =>
        accused.Status != MemberStatus.Joined || (evidence == EvidenceType.HeartbeatStale && accused.LastAccepted > readTo);

    private void Crash(ReferenceFrame f)
    {
        f.Status = FrameStatus.Crashed;
        f.CrashedAt = at;
        if (f.Start.SupervisorId is not null) unconfirmed.Add(f.Position);
    }

    private void Bury(string incarnation)
    {
        foreach (var (id, s) in supervisors.ToList())
        {
            if (s.Incarnation == incarnation) supervisors[id] = s with { Dead = true };
        }
    }

    private bool SupervisorCame(Entry e, SupervisorRegistered d, long position)
    {
        if (supervisors.TryGetValue(d.SupervisorId, out var present) && !present.Dead && present.Incarnation == e.Incarnation) return false;
        supervisors[d.SupervisorId] = new ReferenceSupervisor(e.Incarnation, position, d.CallbackBoundMs);
        return true;
    }

    private bool SupervisorWent(SupervisorDied d)
    {
        if (!supervisors.TryGetValue(d.SupervisorId, out var s) || s.Dead || s.Incarnation != d.Incarnation) return false;
        if (d.Evidence == EvidenceType.WatchdogExpired || (d.Evidence == EvidenceType.CleanupOverdue) != d.Token is not null) return false;
        if (IsRefuted(members[d.Incarnation], d.Evidence, d.ReadTo)) return false;
        if (d.Token is not { } token)
        {
            supervisors[d.SupervisorId] = s with { Dead = true };
            return true;
        }
        var f = frames.GetValueOrDefault(token);
        if (f is not { OnStack: true, Status: FrameStatus.Crashed } || f.Start.SupervisorId != d.SupervisorId) return false;
        if (f.OverrunBy == d.Incarnation) return false;
        f.OverrunBy = d.Incarnation;
        return true;
    }

    private bool Notified(Entry e, CrashNotified d)
    {
        if (!unconfirmed.Contains(d.Token) || frames[d.Token].Start.SupervisorId != d.SupervisorId || frames[d.Token].CallId != d.CallId)
            return false;
        var isTheirs = supervisors.TryGetValue(d.SupervisorId, out var s) && !s.Dead && s.Incarnation == e.Incarnation;
        return (IsTerminal || isTheirs) && unconfirmed.Remove(d.Token);
    }

    /// <summary>Section 4: the rule that cleans a crashed frame now, and the supervisor it goes by.</summary>
    public (int Rule, string? Supervisor) RuleFor(ReferenceFrame f)
    {
        if (f.Start.SupervisorId is not { } id) return (2, null);
        if (!supervisors.TryGetValue(id, out var s)) return (4, null);
        return (s.Dead || f.OverrunBy == s.Incarnation ? 4 : 3, s.Incarnation);
    }

    private bool CleanedUp(Entry e, FrameCleanedUp d)
    {
        var f = frames.GetValueOrDefault(d.Token);
        if (f is not { OnStack: true, Status: FrameStatus.Crashed } || f.CallId != d.CallId) return false;
        if (RuleFor(f) != (d.Rule, d.SupervisorIncarnation) || (d.Rule == 3 && e.Incarnation != d.SupervisorIncarnation)) return false;
        f.Status = FrameStatus.CleanedUp;
        return Report(f, d.LeftBehind);
    }

    private bool Abandoned()
    {
        if (Cause == CauseType.Abandoned || members.Values.Any(m => m.Status == MemberStatus.Joined)) return false;
        if (Status == OperationStatus.Running) ToCleanup(CauseType.Abandoned);
        Cause = CauseType.Abandoned;
        return true;
    }

    /// <summary>Section 5, evaluated until nothing more leaves, and section 6.</summary>
    private void Settle()
    {
        while (Stack.FirstOrDefault(MayLeave) is { } free) free.OnStack = false;
        if (Status == OperationStatus.Cleanup && !Stack.Any()) Status = OperationStatus.Failed;
    }

    private bool MayLeave(ReferenceFrame f)
    {
        if (f.Status != FrameStatus.CleanedUp) return false;
        if (Stack.Any(o => o.IsActive && o.Path().Skip(1).Contains(f))) return false;
        return Status == OperationStatus.Running || f.Caller is not { OnStack: true } caller || caller.Status == FrameStatus.CleanedUp;
    }
}
