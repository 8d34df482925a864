using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using Ledger.Log;
using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Tests.Rules;

/// <summary>What the stories cannot say of the plan.</summary>
public sealed class PlanTests
{
    [Fact]
    public void An_accusation_fits_into_an_entry_whatever_number_of_frames_it_is_about()
    {
        var story = Story.Of("A creates", "B joins");
        var padding = new string('x', Identifier.MaxLength - 4);
        var b = story.Now.Members["B1"];
        var frames = Enumerable.Range(3, Limits.Frames).Select(i => KeyValuePair.Create((long)i, new Frame
        {
            Position = i,
            CallId = padding + i.ToString("0000", CultureInfo.InvariantCulture)[^4..],
            ParticipantId = "B",
            Incarnation = "B1",
            StartTime = "",
        }));
        var state = story.Now with { Stack = story.Now.Stack.AddRange(frames), Position = Limits.Frames + 3 };
        var steps = Plan.For(state, new Observation
        {
            Self = "A1",
            Process = b.Process,
            NowMs = 0,
            ThresholdMs = 1000,
            IntervalMs = 200,
            Liveness = new Dictionary<string, Judgement> { ["B1"] = new(Grade.Dead, "", 0, EvidenceType.ProcessExited) },
            Hung = ImmutableDictionary<long, long>.Empty,
            Timers = Timers.Empty,
        });
        var accusation = Assert.IsType<Propose>(Assert.Single(steps)).Data;
        EntryCodec.Write(new ArrayBufferWriter<byte>(), new Entry("n1", 2, "A", "A1", "", accusation));
        var after = Fold.Apply(state, new Entry("n1", 2, "A", "A1", "", accusation)).State;
        Assert.All(after.Stack.Values, f => Assert.Equal(FrameStatus.Crashed, f.Status));
    }
}
