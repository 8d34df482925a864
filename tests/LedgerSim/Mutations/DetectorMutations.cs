using Ledger.Rules;

namespace Ledger.Sim;

/// <summary>Observers that judge too soon, never, or by their own lateness.</summary>
internal static class DetectorMutations
{
    public static IReadOnlyList<Mutation> All { get; } =
    [
        Of("detector-hurries", "a quarter of the threshold is enough", (t, look, now, late, healthy, threshold) =>
            Detector.Observe(t, look, now, late, healthy, threshold / 4)),
        Of("detector-trusts-itself", "what the observer missed while it was stopped counts as others' silence", (t, look, now, late, healthy, threshold) =>
            Detector.Observe(t, look with { Fingerprint = late > 0 ? t.Fingerprint : look.Fingerprint }, now, 0, 0, threshold / 2)),
        Of("detector-sleeps", "no silence is ever long enough", (t, look, now, late, healthy, threshold) =>
            Detector.Observe(t, look, now, late, healthy, long.MaxValue / 4)),
    ];

    private static Mutation Of(string name, string what, Func<Track, Look, long, long, long, long, Track> observe) =>
        Mutation.OfRules(name, what, rules => rules with { Observe = observe });
}
