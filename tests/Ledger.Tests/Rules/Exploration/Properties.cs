using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Tests.Rules.Exploration;

/// <summary>What must hold of every single entry, said anew from the semantics and without the fold's own means.</summary>
internal static class Properties
{
    public static void Check(OperationState before, OperationState after, Entry entry, Outcome outcome, Truth truth)
    {
        if (Invariants.Fault(after) is { } fault) throw new PropertyException(fault);
        Require(after.Position == before.Position + 1, "a position was skipped");
        OnlyItsOwn(before, entry, outcome);
        Transitions(before, after, entry, outcome);
        Removal(after, outcome);
        FirstCrashStays(before, after);
        if (!outcome.Accepted) return;
        if (entry.Data is FrameCleanedUp cleaned) Cleaned(entry, cleaned, truth);
        if (entry.Data is CrashDetected { AboutFrames: false } accusation) Accused(after, accusation, truth);
        Reach(before, after, entry, outcome, truth);
    }

    public static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new PropertyException(otherwise);
    }

    private static void OnlyItsOwn(OperationState before, Entry entry, Outcome outcome)
    {
        foreach (var f in outcome.Removed.Where(f => f.Status == FrameStatus.Active))
            Require(f.Incarnation == entry.Incarnation, $"{entry.Incarnation} removed {f.CallId} of {f.Incarnation}");
        var member = before.Members.GetValueOrDefault(entry.Incarnation);
        if (member?.Status == MemberStatus.Crashed) Require(!outcome.Accepted, "a fenced incarnation was heard");
        if (member is not null && entry.Sequence <= member.LastSequence) Require(!outcome.Accepted, "a retry was heard");
    }

    private static void Transitions(OperationState before, OperationState after, Entry entry, Outcome outcome)
    {
        if (!outcome.Accepted)
        {
            Require(SameButForNumbers(before, after, entry.Incarnation), "a rejected entry changed something");
            return;
        }
        var path = string.Join(">", outcome.Transitions.Prepend(before.Status));
        Require(path is "Running" or "Cleanup" or "Failed" or "Completed" or "Running>Cleanup" or "Running>Completed"
            or "Running>Cleanup>Failed" or "Cleanup>Failed", $"no such transition: {path}");
        Require(outcome.Transitions.Length == 0 || outcome.Transitions[^1] == after.Status, "the transitions lie");
    }

    private static bool SameButForNumbers(OperationState before, OperationState after, string proposer)
    {
        // The collections are immutable: what was not touched is the very same object.
        var members = before.Members;
        if (after.Members.TryGetValue(proposer, out var m) && members.TryGetValue(proposer, out var was))
            members = members.SetItem(proposer, was with { LastSequence = m.LastSequence, LastOutcome = m.LastOutcome });
        return after == before with { Position = after.Position, Members = after.Members }
            && members.Count == after.Members.Count && members.All(p => p.Value == after.Members[p.Key]);
    }

    /// <summary>Conditions (a) and (b) of section 5. Both, once true, stay true, so the state afterwards decides.</summary>
    private static void Removal(OperationState after, Outcome outcome)
    {
        foreach (var f in outcome.Removed.Where(f => f.Status == FrameStatus.CleanedUp))
            Require(MayLeave(after, f), $"{f.CallId} left too early");
        Require(outcome.Removed.All(f => f.Status != FrameStatus.Crashed), "a crashed frame left without being cleaned");
        foreach (var f in after.Stack.Values.Where(f => f.Status == FrameStatus.CleanedUp))
            Require(!MayLeave(after, f), $"{f.CallId} should have left");
    }

    private static bool MayLeave(OperationState s, Frame f)
    {
        if (s.Stack.Values.Any(o => o.Status == FrameStatus.Active && o.Ancestors.Contains(f.Position))) return false;
        if (s.Status == OperationStatus.Running || f.Caller is not { } caller) return true;
        return !s.Stack.TryGetValue(caller, out var above) || above.Status == FrameStatus.CleanedUp;
    }

    private static void FirstCrashStays(OperationState before, OperationState after)
    {
        foreach (var (position, now) in after.Stack)
        {
            if (!before.Stack.TryGetValue(position, out var then)) continue;
            Require(now.Status >= then.Status, $"{now.CallId} came back");
            Require(then.Evidence is null || then.Evidence == now.Evidence, $"{now.CallId} crashed twice");
            Require(then.Cancellation is null || then.Cancellation == now.Cancellation, $"{now.CallId} was cancelled twice");
        }
    }

    private static void Cleaned(Entry entry, FrameCleanedUp cleaned, Truth truth)
    {
        Require(truth.Crashed.ContainsKey(cleaned.Token), "a frame was cleaned up that did not crash");
        Require(!truth.CleanedUp.ContainsKey(cleaned.Token), "a frame was cleaned up twice");
        var (rule, supervisor) = truth.Rule(cleaned.Token);
        Require((rule, supervisor) == (cleaned.Rule, cleaned.SupervisorIncarnation), $"cleaned by rule {cleaned.Rule}, not {rule}");
        Require(rule != 3 || entry.Incarnation == supervisor, "somebody else's crash was cleaned");
    }

    private static void Accused(OperationState after, CrashDetected accusation, Truth truth)
    {
        if (accusation.Evidence == EvidenceType.HeartbeatStale)
            Require(truth.SignOfLife.GetValueOrDefault(accusation.Accused) <= accusation.ReadTo, "stale evidence was believed");
        Require(after.Members[accusation.Accused].Status == MemberStatus.Crashed, "the accused is not fenced");
        Require(!after.Stack.Values.Any(f => f.Incarnation == accusation.Accused && f.Status == FrameStatus.Active),
            "a frame of the accused stays active");
        Require(!after.Supervisors.Values.Any(r => r.Incarnation == accusation.Accused && !r.Dead),
            "the accused still supervises");
        Require(after.Initiator != accusation.Accused || after.Status != OperationStatus.Running, "it runs without initiator");
    }

    /// <summary>How far a crash or failure reaches: exactly the active frames beneath the nearest root, or everything.</summary>
    private static void Reach(OperationState before, OperationState after, Entry entry, Outcome outcome, Truth truth)
    {
        if (before.Status != OperationStatus.Running) return;
        var failed = outcome.Crashed.Concat(entry.Data switch
        {
            CallFailed => outcome.Removed.Where(f => f.Status == FrameStatus.Active),
            ParticipantLeft { Failed: true } => outcome.Removed.Where(f => f.Status == FrameStatus.Active),
            _ => [],
        }).ToList();
        var roots = failed.Select(f => truth.Root(f.Position)).ToHashSet();
        if (roots.Contains(null)) Require(after.Status != OperationStatus.Running, "an uncontained crash did not end it");
        if (after.Status != OperationStatus.Running) return;
        foreach (var f in after.Stack.Values.Where(f => f.Status == FrameStatus.Active && f.Position != outcome.Position))
        {
            var was = before.Stack[f.Position].Cancelled;
            var hit = truth.Path(f.Position).Any(p => roots.Contains(p));
            Require(f.Cancelled == (was || hit), $"{f.CallId} should{(hit ? "" : " not")} be cancelled");
        }
        var told = outcome.Contained.Select(c => (long?)c.Position).ToHashSet();
        var fresh = failed.Where(f => !f.Cancelled).Select(f => truth.Root(f.Position)).ToHashSet();
        Require(told.SetEquals(fresh), "the wrong domains were reported");
    }
}
