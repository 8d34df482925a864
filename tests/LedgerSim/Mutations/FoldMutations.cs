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
        Of("fold-contains-everything", "no crash goes on to its caller", (s, e) =>
            Fold.Apply(s, e.Data is CallStarted d ? e with { Data = d with { FailOnCrash = false } } : e)),
    ];

    private static Mutation Of(string name, string what, Func<OperationState, Entry, Folded> fold) =>
        Mutation.OfRules(name, what, rules => rules with { Fold = fold });
}
