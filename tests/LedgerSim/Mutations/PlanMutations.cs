using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Sim;

/// <summary>Participants that do what no rule asks for, or not what one does.</summary>
internal static class PlanMutations
{
    public static IReadOnlyList<Mutation> All { get; } =
    [
        Of("plan-leaves-own-frames", "rule 1 is forgotten: live frames stay in a cleanup", (s, o) =>
            Plan.For(s, o).Where(step => step is not CleanOwn)),
        Of("plan-leaves-crashed-frames", "rules 2 and 4 are forgotten", (s, o) => Plan.For(s, o).Where(step => step is not CleanCrashed)),
        Of("plan-tells-no-supervisor", "a supervisor cleans without its callback having been told", (s, o) =>
            Plan.For(s, o).Select(step => step is NotifySupervisor { Frame: { } frame } told
                ? new CleanCrashed(frame, 3, o.Self, told.Here) : step)),
        Of("plan-deletes-the-neighbour", "cleaning itself, a frame deletes what lies beside its resource too", (s, o) =>
            Plan.For(s, o).Select(step => step is CleanOwn own ? new CleanOwn(own.Frame with
            {
                Resources = [.. own.Frame.Resources.SelectMany(r => r.Path is null ? [r] : new[] { r, r with { Path = r.Path + ".txt" } })],
            }) : step)),
        Of("plan-accuses-at-once", "who cleans itself up is declared overdue without waiting", (s, o) =>
        [
            .. Plan.For(s, o),
            .. s.Status != OperationStatus.Cleanup ? [] : s.Stack.Values.Where(f => f.Status == FrameStatus.Active && f.Incarnation != o.Self)
                .Select(f => new Propose(new CrashDetected(f.ParticipantId, f.Incarnation, EvidenceType.CleanupOverdue, 0, s.Position, [f.CallId], [f.Position]))),
        ]),
    ];

    private static Mutation Of(string name, string what, Func<OperationState, Observation, IEnumerable<Step>> plan) =>
        Mutation.OfRules(name, what, rules => rules with { Plan = (s, o) => [.. plan(s, o)] });
}
