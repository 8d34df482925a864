using Ledger.Model;

namespace Ledger.Rules;

/// <summary>The pure functions a process goes by. There is one set of them; tests hand in faulty ones, to prove that they
/// would be noticed.</summary>
internal sealed record RuleBook
{
    public static RuleBook Standard { get; } = new();

    /// <inheritdoc cref="Fold.Apply"/>
    public Func<OperationState, Entry, Folded> Fold { get; init; } = Rules.Fold.Apply;

    /// <inheritdoc cref="Rules.Plan.For"/>
    public Func<OperationState, Observation, List<Step>> Plan { get; init; } = Rules.Plan.For;

    /// <inheritdoc cref="Detector.Observe"/>
    public Func<Track, Look, long, long, long, long, Track> Observe { get; init; } = Detector.Observe;
}
