using System.Diagnostics;
using Ledger.Model;

namespace Ledger.Rules;

/// <summary>What holds in every state. Checked after every fold in debug builds, and so in every test.</summary>
internal static class Invariants
{
    [Conditional("DEBUG")]
    public static void Check(OperationState s)
    {
        var fault = Fault(s);
        if (fault is not null) throw new InvalidOperationException($"Invariant broken at position {s.Position}: {fault}");
    }

    public static string? Fault(OperationState s)
    {
        if (!s.Members.TryGetValue(s.Initiator, out var initiator)) return "the initiator is no member";
        if (s.Joined.Count != s.Members.Values.Count(m => m.Status == MemberStatus.Joined) || s.Joined.Any(i => !IsJoined(s, i)))
            return "the ring is not of those who take part";
        if (s.IsTerminal && !s.Stack.IsEmpty) return "frames are left in a terminal state";
        if (s.Status == OperationStatus.Cleanup && s.Stack.IsEmpty) return "a cleanup with an empty stack did not end";
        if (s.Status is OperationStatus.Cleanup or OperationStatus.Failed != (s.Cause is not null))
            return "a cause without a failure, or a failure without a cause";
        if (s.Status == OperationStatus.Running && initiator.Status != MemberStatus.Joined)
            return "running without an initiator";
        if (s.Settled != s.Stack.Values.Count(f => f.Status == FrameStatus.CleanedUp)) return "settled frames are miscounted";
        foreach (var f in s.Stack.Values)
        {
            if (f.Status == FrameStatus.Active && s.Members[f.Incarnation].Status != MemberStatus.Joined)
                return $"frame {f.CallId} is active without its participant";
            if (s.Status == OperationStatus.Running && f.Status != FrameStatus.Active && f.DomainRoot is null)
                return $"frame {f.CallId} crashed outside any domain, and the operation runs";
            if (f.Caller is { } c && f.Ancestors[^1] != c) return $"frame {f.CallId} has lost its caller";
            if ((f.Status == FrameStatus.Active) != (f.Evidence is null)) return $"frame {f.CallId}: evidence and status differ";
            if (f.Status == FrameStatus.CleanedUp && f.Resources.Length > 0)
                return $"frame {f.CallId} is settled with resources";
        }
        return s.Supervisors.Values.Any(r => !r.Dead && s.Members[r.Incarnation].Status != MemberStatus.Joined)
            ? "a supervisor is registered that is no member" : null;
    }

    private static bool IsJoined(OperationState s, string incarnation) =>
        s.Members.GetValueOrDefault(incarnation)?.Status == MemberStatus.Joined;
}
