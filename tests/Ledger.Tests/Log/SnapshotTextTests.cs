using Ledger.Log;
using Ledger.Tests.Rules;

namespace Ledger.Tests.Log;

/// <summary>Newer heartbeats in the text of a state. That all of them find their places is tested on whatever histories the fuzzing
/// of the fold makes.</summary>
public sealed class SnapshotTextTests
{
    private const string Early = "2026-01-01T00:00:00.000Z", Late = "2026-01-01T00:00:09.999Z";

    private readonly Story story = Story.Of("A creates", "B joins", "A starts a");

    [Theory]
    [InlineData("\"lastHeartbeat\": \"2026-01-01T00:00:00.000Z\"")]
    [InlineData("lastHeartbeat")]
    [InlineData("Größe: ½ \ud83d\ude00 \"lastHeartbeat\": null")]
    public void What_only_looks_like_a_heartbeat_stays(string description)
    {
        var state = story.Now with { Description = description };
        var text = new SnapshotText(state, _ => new Life(Early));

        Assert.True(text.TryRefresh(state, _ => new Life(Late)));

        Assert.Equal(SnapshotText.Render(state, _ => new Life(Late)), text.Bytes);
    }

    [Fact]
    public void Another_state_has_to_be_written_anew()
    {
        var text = new SnapshotText(story.Now, _ => new Life(Early));
        Assert.Equal("ok", story.Tell("B starts b")[..2]);
        Assert.False(text.TryRefresh(story.Now, _ => new Life(Early)));
    }

    [Theory]
    [InlineData(null, Early)]
    [InlineData(Early, null)]
    [InlineData(Early, "2026-01-01T00:00:00.00Z")] // shorter
    [InlineData(Early, "2026-01-01T00:00:00.0\", \"")] // would end the text
    [InlineData("soon", Early)]
    public void So_has_a_heartbeat_of_another_form(string? before, string? after)
    {
        var text = new SnapshotText(story.Now, _ => new Life(before));
        Assert.False(text.TryRefresh(story.Now, _ => new Life(after)));
    }
}
