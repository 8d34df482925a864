using Ledger.Cli.Rendering;
using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Cli.Tests.Rendering;

public sealed class EventLinesTests
{
    private readonly EventLines lines = new(TimeZoneInfo.Utc);

    [Fact]
    public void A_line_tells_time_distance_who_and_what()
    {
        Next("00:00:01.000", "cli", new OperationCreated("op1", 1, States.Process, "a build"));
        Assert.Equal("00:00:01.250     +0.250s  bridge    joined (pid 4711 on host)",
            Next("00:00:01.250", "bridge", new ParticipantJoined(States.Process)));
        Assert.Equal("00:00:02.000     +1.000s  bridge    started b for a, supervised by sup",
            Next("00:00:02.000", "bridge", new CallStarted("b", 2) { CallerId = "a", SupervisorId = "sup" }));
    }

    [Fact]
    public void A_rejected_entry_says_why() =>
        Assert.EndsWith("ended b — rejected: frameGone", Next("00:00:01.000", "bridge", new CallEnded("b", 2), rejection: "frameGone"),
            StringComparison.Ordinal);

    [Fact]
    public void The_consequences_stand_behind_it()
    {
        var frame = States.Frame(2, "bridge", FrameStatus.Crashed);
        var line = Next("00:00:01.000", "cli",
            new CrashDetected("bridge", "bridge!", EvidenceType.ProcessExited, 0, 3, ["c2"], [2]),
            o => o with { Crashed = [frame], Removed = [frame], Transitions = [OperationStatus.Cleanup, OperationStatus.Failed] });
        Assert.EndsWith("found bridge crashed (processExited); crashed c2; c2 left the stack → cleanup → failed", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_that_is_none_is_shown_as_it_is() =>
        Assert.StartsWith("yesterday", lines.Next(Change("yesterday", "cli", new CompleteRequested(), null)).Plain, StringComparison.Ordinal);

    [Theory]
    [InlineData("first\nsecond", "first second")]
    [InlineData("\u001b[2Jgone", "[2Jgone")]
    public void A_reason_stays_on_its_line(string reason, string shown) =>
        Assert.EndsWith("asked for an abort: " + shown, Next("00:00:01.000", "cli", new AbortRequested(reason)), StringComparison.Ordinal);

    [Fact]
    public void Every_type_of_entry_has_words_of_its_own()
    {
        var resource = new Resource(ResourceKind.File, "/x");
        EntryData[] all =
        [
            new OperationCreated("op1", 1, States.Process, null), new ParticipantJoined(States.Process), new ParticipantLeft(false, null),
            new InitiatorChanged("x!"), new CallStarted("b", null), new CallEnded("b", 2), new CallFailed("b", 2, "no"),
            new ResourceRegistered("b", 2, resource), new ResourceReleased("b", 2, "/x"),
            new CrashDetected("p", "p!", EvidenceType.ProcessExited, 0, 1, [], []), new SupervisorRegistered("s", 0, 0),
            new SupervisorDied("s", "p!", EvidenceType.ProcessExited, 0, 1, null), new CrashNotified("b", 2, "s", null, false, false),
            new FrameCleanedUp("b", 2, 2, null, []), new FrameRemoved("b", 2, null, []), new AbortRequested(null),
            new CompleteRequested(), new OperationAbandoned(null),
        ];
        Assert.Equal(Enum.GetValues<EntryType>(), all.Select(d => d.Type).Order());
        Assert.All(all, d =>
        {
            var text = EventText.Describe(Entry("2026-01-01T00:00:00.000Z", "p", d), i => i);
            Assert.NotEqual(Wire.Name(d.Type), text);
            Assert.NotEmpty(text);
        });
    }

    private string Next(string time, string who, EntryData data, Func<Outcome, Outcome>? with = null, string? rejection = null) =>
        lines.Next(Change($"2026-01-01T{time}Z", who, data, rejection, with)).Plain;

    private static StateChange Change(string time, string who, EntryData data, string? rejection, Func<Outcome, Outcome>? with = null)
    {
        var outcome = new Outcome { Position = 4, Rejection = rejection };
        return new StateChange(Entry(time, who, data), with?.Invoke(outcome) ?? outcome, States.Of(OperationStatus.Running, ["cli"]));
    }

    private static Entry Entry(string time, string who, EntryData data) => new("n", 1, who, who + "!", time, data);
}
