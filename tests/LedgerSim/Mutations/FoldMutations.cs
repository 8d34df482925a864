using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Sim;

/// <summary>Folds that accept what they must not, or forget what they must do.</summary>
internal static class FoldMutations
{
    public static IReadOnlyList<Mutation> All { get; } =
    [
        Of("fold-hears-zombies", "an incarnation that was declared crashed is heard all the same", (s, e) =>
            s.Members.GetValueOrDefault(e.Incarnation) is { Status: MemberStatus.Crashed } m
                ? Fold.Apply(s with { Members = s.Members.SetItem(m.Incarnation, m with { Status = MemberStatus.Joined }) }, e)
                : Fold.Apply(s, e)),
        Of("fold-believes-stale-evidence", "a heartbeat's evidence counts although the accused was heard since", (s, e) =>
            Fold.Apply(s, e.Data is CrashDetected d ? e with { Data = d with { ReadTo = long.MaxValue } } : e)),
        Of("fold-contains-everything", "no crash goes on to its caller", (s, e) =>
            Fold.Apply(s, e.Data is CallStarted d ? e with { Data = d with { FailOnCrash = false } } : e)),
        Of("fold-starts-below-anyone", "a call may start below a caller that is gone", (s, e) =>
            e.Data is CallStarted { Caller: { } by } d && !s.Stack.ContainsKey(by)
                ? Fold.Apply(s, e with { Data = d with { Caller = null } }) : Fold.Apply(s, e)),
        Of("fold-repeats-retries", "an entry that was written twice counts twice", (s, e) =>
            s.Members.GetValueOrDefault(e.Incarnation) is { } m && e.Sequence <= m.LastSequence
                ? Fold.Apply(s with { Members = s.Members.SetItem(m.Incarnation, m with { LastSequence = e.Sequence - 1 }) }, e)
                : Fold.Apply(s, e)),
        Of("fold-keeps-settled", "what is cleaned stays on the stack while another call is there", (s, e) =>
        {
            var folded = Fold.Apply(s, e);
            return e.Data is FrameCleanedUp && folded.Outcome.Accepted && s.Stack.Count > 1
                ? folded with { State = s with { Position = folded.State.Position, Members = folded.State.Members } } : folded;
        }),
    ];

    private static Mutation Of(string name, string what, Func<OperationState, Entry, Folded> fold) =>
        Mutation.OfRules(name, what, rules => rules with { Fold = fold });
}
