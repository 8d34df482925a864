using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Tests.Rules;

/// <summary>Each limit: the last that fits, and the first that does not.</summary>
public sealed class LimitTests
{
    private readonly Story story = Story.Of("A creates");

    [Fact]
    public void A_frame_has_at_most_256_ancestors()
    {
        Ok("A starts F0");
        for (var i = 1; i <= Limits.Depth; i++) Ok($"A starts F{i} under F{i - 1}");
        Assert.Equal(Limits.Depth, story.Frame($"F{Limits.Depth}").Ancestors.Length);
        Assert.Equal("no, tooDeep: 256", story.Tell($"A starts More under F{Limits.Depth}"));
        Ok("A starts Beside");
    }

    [Fact]
    public void A_frame_has_at_most_256_resources()
    {
        Ok("A starts CLI");
        for (var i = 0; i < Limits.ResourcesPerFrame; i++) Ok($"A registers /{i} on CLI");
        Assert.Equal("no, limitReached: 256 resources", story.Tell("A registers /more on CLI"));
        Ok("A registers /7 on CLI");
        Ok("A releases /7 on CLI");
        Ok("A registers /more on CLI");
    }

    [Fact]
    public void A_call_starts_with_at_most_256_resources()
    {
        var resources = Enumerable.Range(0, Limits.ResourcesPerFrame + 1).Select(i => ScriptVerbs.File($"/{i}")).ToList();
        var entry = new Entry("n1", 2, "A", "A1", "", new CallStarted("CLI", null) { Resources = [.. resources] });
        Assert.Equal("limitReached: 256 resources", Fold.Apply(story.Now, entry).Outcome.Rejection);
        entry = entry with { Data = new CallStarted("CLI", null) { Resources = [.. resources.Skip(1)] } };
        Assert.True(Fold.Apply(story.Now, entry).Outcome.Accepted);
    }

    [Fact]
    public void An_operation_has_at_most_1000_supervisor_ids()
    {
        for (var i = 0; i < Limits.Supervisors; i++) Ok($"A supervises S{i}");
        Assert.Equal("no, limitReached: 1000 supervisors", story.Tell("A supervises More"));
        Ok("B joins");
        Ok("B supervises S7");
    }

    [Fact]
    public void An_operation_remembers_at_most_1000_leftovers()
    {
        var left = Enumerable.Range(0, 400).Select(i => new LeftBehind("X", ScriptVerbs.File($"/{i}"), "busy", "B1")).ToList();
        for (var i = 0; i < 3; i++) Ok($"A starts F{i}");
        Ok("A aborts");
        var state = story.Now;
        for (var i = 0; i < 3; i++)
        {
            var data = new FrameRemoved($"F{i}", story.Position($"F{i}"), null, [.. left]);
            state = Fold.Apply(state, new Entry("n1", 10 + i, "A", "A1", "", data)).State;
        }
        Assert.Equal(OperationStatus.Failed, state.Status);
        Assert.Equal(Limits.LeftBehind, state.LeftBehind.Length);
    }

    [Fact]
    public void The_stack_the_calls_and_the_members_are_limited()
    {
        // States of that size, made directly: folding a million calls takes too long here.
        Ok("A starts CLI");
        var many = Enumerable.Range(100, Limits.Frames - 1).Select(i => KeyValuePair.Create((long)i, story.Frame("CLI")));
        var full = story.Now with { Stack = story.Now.Stack.AddRange(many) };
        Assert.Equal("limitReached: 10000 frames on the stack", Refusal(full, new CallStarted("More", null)));
        Assert.Null(Refusal(full with { Stack = full.Stack.Remove(100) }, new CallStarted("More", null)));

        var nearly = Enumerable.Range(1, Limits.Calls - 1).Aggregate(CallIds.Empty, (ids, i) => ids.Add($"c{i}"));
        var used = story.Now with { CallIds = nearly.Add("c0") };
        Assert.Equal("limitReached: 1000000 calls in one operation", Refusal(used, new CallStarted("More", null)));
        Assert.Null(Refusal(used with { CallIds = nearly }, new CallStarted("More", null)));

        var a = story.Now.Members["A1"];
        var crowd = Enumerable.Range(1, Limits.Members - 1).Select(i => KeyValuePair.Create($"m{i}", a with { Incarnation = $"m{i}" }));
        var crowded = story.Now with { Members = story.Now.Members.AddRange(crowd), Joined = story.Now.Joined.Union(crowd.Select(m => m.Key)) };
        var join = new ParticipantJoined(a.Process);
        Assert.Equal("limitReached: 10000 members", Refusal(crowded, join, "B1"));
        Assert.Null(Refusal(crowded with { Members = crowded.Members.Remove("m1"), Joined = crowded.Joined.Remove("m1") }, join, "B1"));
    }

    private static string? Refusal(OperationState state, EntryData data, string incarnation = "A1") =>
        Fold.Apply(state, new Entry("n1", 99, incarnation[..1], incarnation, "", data)).Outcome.Rejection;

    private void Ok(string line) => Assert.StartsWith("ok", story.Tell(line), StringComparison.Ordinal);
}
