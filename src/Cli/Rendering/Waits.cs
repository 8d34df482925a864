using Ledger.Cli.Shared;
using Ledger.Log;
using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Cli.Rendering;

/// <summary>Why an operation is not over yet: who waits for whom, in sentences.</summary>
internal static class Waits
{
    private const int MostFrames = 20;

    public static IReadOnlyList<string> Explain(OperationState state, Func<string, Life> life)
    {
        if (state.IsTerminal) return [];
        var lines = new List<string>();
        if (Nobody(state, life) is { } nobody) lines.Add(nobody);
        if (state.Status == OperationStatus.Running) lines.AddRange(Running(state, life));
        lines.AddRange(state.Stack.Values.Select(f => Frame(state, f, life)).OfType<string>().Take(MostFrames));
        return lines;
    }

    private static string? Nobody(OperationState state, Func<string, Life> life)
    {
        var joined = state.Members.Values.Where(m => m.Status == MemberStatus.Joined).ToList();
        if (joined.Count == 0) return "nobody of its members is left: 'ledger gc' ends it";
        return joined.All(m => GradeOf(life, m.Incarnation) == Grade.Dead)
            ? "none of its members is alive: 'ledger gc' ends it" : null;
    }

    private static IEnumerable<string> Running(OperationState state, Func<string, Life> life)
    {
        foreach (var caller in state.Stack.Values.Where(f => f.Status == FrameStatus.Active).Take(MostFrames))
        {
            var callees = state.Stack.Values.Where(f => f.Caller == caller.Position && f.Status == FrameStatus.Active).ToList();
            if (callees.Count > 0) yield return $"{Name(caller)} waits for {string.Join(" and ", callees.Select(f => Active(f, life)))}";
        }
        yield return state.Stack.IsEmpty
            ? $"no call is on the stack; {state.InitiatorId} has yet to complete it"
            : $"{state.InitiatorId} can complete it when the stack is empty: {state.Stack.Count} call{(state.Stack.Count == 1 ? "" : "s")} on it";
    }

    private static string? Frame(OperationState state, Frame f, Func<string, Life> life) => f.Status switch
    {
        FrameStatus.Active when state.Status == OperationStatus.Cleanup || f.Cancelled =>
            $"waits for {Active(f, life)} to clean itself up" + (GradeOf(life, f.Incarnation) == Grade.Dead
                ? "; whoever notices its death first does it instead" : ""),
        FrameStatus.Active => null,
        FrameStatus.Crashed => Crashed(state, f, life),
        _ => Settled(state, f),
    };

    private static string Crashed(OperationState state, Frame f, Func<string, Life> life)
    {
        var (rule, incarnation) = Recovery.CurrentRule(state, f);
        if (rule == 2) return $"{Name(f)} crashed and waits for anyone to clean it up (rule 2)";
        if (rule == 3)
        {
            var member = state.Members[incarnation!];
            return $"{Name(f)} crashed and waits for its supervisor {f.SupervisorId} ({member.ParticipantId}, "
                + $"{Word(GradeOf(life, incarnation!))}) to clean it up (rule 3)";
        }
        if (!state.Supervisors.TryGetValue(f.SupervisorId!, out var r))
            return $"{Name(f)} crashed; its supervisor {f.SupervisorId} never appeared: anyone cleans it up after a while (rule 4)";
        var grace = r.Dead && r.RestartGraceMs > 0
            ? $", restart grace {Durations.Show(TimeSpan.FromMilliseconds(r.RestartGraceMs))}" : "";
        var how = r.Dead ? "is dead" : "did not finish in time";
        return $"{Name(f)} crashed; its supervisor {f.SupervisorId} {how}{grace}: then anyone cleans it up (rule 4)";
    }

    private static string Settled(OperationState state, Frame f)
    {
        var beneath = state.Stack.Values
            .Where(o => o.Status == FrameStatus.Active && o.Ancestors.Contains(f.Position)).ToList();
        if (beneath.Count > 0)
            return $"{Name(f)} is cleaned up and waits for {string.Join(" and ", beneath.Select(Name))} beneath it";
        var caller = f.Caller is { } c ? state.Stack.GetValueOrDefault(c) : null;
        return caller is null ? $"{Name(f)} is cleaned up" : $"{Name(f)} is cleaned up and waits for its caller {Name(caller)}";
    }

    private static string Active(Frame f, Func<string, Life> life) =>
        $"{Name(f)} ({Wire.Name(f.Status)}, {Word(GradeOf(life, f.Incarnation))})";

    private static string Name(Frame f) => f.ParticipantId == f.CallId ? f.CallId : $"{f.ParticipantId}'s {f.CallId}";

    private static Grade GradeOf(Func<string, Life> life, string incarnation) =>
        life(incarnation).Judgement?.Grade ?? Grade.Unknown;

    private static string Word(Grade grade) => grade == Grade.Unknown ? "liveness unknown" : Wire.Name(grade);
}
