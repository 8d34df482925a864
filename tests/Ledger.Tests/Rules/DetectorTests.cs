using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Tests.Rules;

/// <summary>A record as one observer sees it, look by look. The threshold is 1,000 ms.</summary>
public sealed class DetectorTests
{
    private const long Threshold = 1000;

    /// <summary>Looks are <c>time:what</c>; what is a fingerprint, <c>-</c> absent, <c>!</c> failed; <c>+n</c> the observer's own
    /// lateness, <c>h n</c> since when its own beats succeed, <c>p</c> a pause announced with 500 ms of tolerance.</summary>
    [Theory]
    // Grades at their boundaries.
    [InlineData("0:1", 0, Grade.Alive)]
    [InlineData("0:1", 499, Grade.Alive)]
    [InlineData("0:1", 500, Grade.Suspect)]
    [InlineData("0:1 500:2", 999, Grade.Alive)]
    [InlineData("", 5000, Grade.Unknown)]
    // Two looks in a row must find it stale.
    [InlineData("0:1 999:1 1000:1", 1000, Grade.Suspect)]
    [InlineData("0:1 1000:1 1001:1", 1001, Grade.Dead)]
    [InlineData("0:1 1000:1", 9000, Grade.Suspect)]
    [InlineData("0:1 1000:1 1001:2 2000:2", 2000, Grade.Suspect)]
    [InlineData("0:1 1000:1 1001:2 2001:2 2002:2", 2002, Grade.Dead)]
    // A change is a sign of life at any time, even the same bytes as long ago.
    [InlineData("0:1 1000:1 1001:1 1002:2", 1002, Grade.Alive)]
    [InlineData("0:1 900:2 1800:1", 1900, Grade.Alive)]
    // Absent counts as silent, from the last change on, or from the first look.
    [InlineData("0:- 1000:- 1001:-", 1001, Grade.Dead)]
    [InlineData("0:- 999:- 1000:-", 1000, Grade.Suspect)]
    [InlineData("0:1 600:- 1000:- 1001:-", 1001, Grade.Dead)]
    [InlineData("0:1 600:- 900:1 1000:- 1001:1", 1001, Grade.Dead)]
    [InlineData("0:- 600:0 1001:0", 1001, Grade.Alive)]
    [InlineData("0:1 1000:- 1001:2", 1001, Grade.Alive)]
    // Unknown is not dead; only successful looks count.
    [InlineData("0:!", 5000, Grade.Unknown)]
    [InlineData("0:1 1000:! 1001:! 1002:!", 5000, Grade.Unknown)]
    [InlineData("0:1 1000:1 1001:!", 1001, Grade.Unknown)]
    [InlineData("0:1 1000:1 1001:! 1002:1", 1002, Grade.Dead)]
    [InlineData("0:1 1000:1 1001:1 1002:!", 1002, Grade.Unknown)]
    [InlineData("0:! 100:1 1050:1 1099:1", 1099, Grade.Suspect)]
    // The observer was late itself: the window grows by it.
    [InlineData("0:1 1000:1+300 1001:1", 1001, Grade.Suspect)]
    [InlineData("0:1 1000:1+300 1300:1 1301:1", 1301, Grade.Dead)]
    [InlineData("0:1 1000:!+300 1001:1 1002:1", 1002, Grade.Suspect)]
    [InlineData("0:1 9000:1+9999 9001:1", 9001, Grade.Alive)]
    // Its own beats failed: the window begins when they succeeded again.
    [InlineData("0:1 1000:1h200 1001:1h200", 1001, Grade.Suspect)]
    [InlineData("0:1 1200:1h200 1201:1h200", 1201, Grade.Dead)]
    [InlineData("0:1 5000:1h4999 5001:1h4999", 5001, Grade.Suspect)]
    // A pause that was announced.
    [InlineData("0:1p", 1, Grade.Suspect)]
    [InlineData("0:1p 1000:1 1499:1", 1499, Grade.Suspect)]
    [InlineData("0:1p 1500:1 1501:1", 1501, Grade.Dead)]
    [InlineData("0:1p 400:2", 500, Grade.Alive)]
    public void A_record_is_judged_by_what_the_observer_saw_of_it(string looks, long nowMs, Grade expected)
    {
        var judgement = Detector.Judge(Watch(looks), exited: false, runs: true, nowMs, Threshold);
        Assert.Equal(expected, judgement.Grade);
        Assert.Equal(expected == Grade.Dead ? EvidenceType.HeartbeatStale : null, judgement.Evidence);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0:1")]
    [InlineData("0:1p")]
    [InlineData("0:!")]
    public void The_kernels_word_needs_no_threshold(string looks)
    {
        var judgement = Detector.Judge(Watch(looks), exited: true, runs: false, 10, Threshold);
        Assert.Equal((Grade.Dead, EvidenceType.ProcessExited), (judgement.Grade, judgement.Evidence));
    }

    [Fact]
    public void A_judgement_says_for_how_long_there_was_silence()
    {
        Assert.Equal(700, Detector.Judge(Watch("100:1 300:1"), false, true, 800, Threshold).SilentForMs);
        Assert.Equal(500, Detector.Judge(Watch("100:1 300:1+100"), false, true, 700, Threshold).SilentForMs);
        Assert.Null(Detector.Judge(Track.Empty, false, true, 700, Threshold).SilentForMs);
    }

    [Theory]
    [InlineData("0:1", Grade.Unknown)]
    [InlineData("0:1 100:2", Grade.Alive)]
    public void Without_the_kernels_word_only_a_change_that_was_seen_is_life(string looks, Grade expected) =>
        Assert.Equal(expected, Detector.Judge(Watch(looks), exited: false, runs: false, 110, Threshold).Grade);

    private static Track Watch(string looks)
    {
        var track = Track.Empty;
        foreach (var look in looks.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var (now, what) = (long.Parse(look.Split(':')[0]), look.Split(':')[1]);
            var late = what.Contains('+') ? long.Parse(what.Split('+')[1]) : 0;
            var healthy = what.Contains('h') ? long.Parse(what.Split('h')[1]) : 0;
            var seen = what[0] switch
            {
                '!' => new Look(LookResult.Failed),
                '-' => new Look(LookResult.Absent),
                var c => new Look(LookResult.Seen, (ulong)(c - '0'), what.Contains('p') ? 500 : 0, what.Contains('p')),
            };
            track = Detector.Observe(track, seen, now, late, healthy, Threshold);
        }
        return track;
    }
}
