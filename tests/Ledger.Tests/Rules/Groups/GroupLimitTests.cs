using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Tests.Rules.Groups;

/// <summary>What a group holds is bounded, and what is forgotten does no harm.</summary>
public sealed class GroupLimitTests
{
    [Fact]
    public void The_departed_are_forgotten_and_a_late_repetition_of_a_forgotten_join_is_refused()
    {
        var story = GroupStory.Of("A joins");
        var join = new MemberJoined(ScriptVerbs.ProcessOn("here"), false, false, 1);
        for (var i = 0; i <= GroupLimits.Departed; i++)
        {
            story.Tell($"B{i}", join with { ReadTo = story.State.Position });
            story.Tell($"B{i}", new MemberLeft(null));
        }
        Assert.False(story.State.Members.ContainsKey("B0"));
        Assert.InRange(story.State.Members.Count, GroupLimits.Departed / 2, GroupLimits.Departed);
        Assert.Equal("no, tooLate", story.Tell("B0", join));
        Assert.StartsWith("ok", story.Tell("Z", join with { ReadTo = story.State.Position }), StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_barriers_and_invitations_that_have_ended_are_forgotten()
    {
        var story = GroupStory.Of("A joins", "B joins");
        for (var i = 0; i < GroupLimits.CommandsRemembered * 2; i++)
        {
            Accepted(story.Tell("A", new CommandSent($"c{i}", "B1", "work", null, 1)));
            Accepted(story.Tell("B", new CommandTaken($"c{i}")));
            Accepted(story.Tell("B", new CommandDone($"c{i}", null)));
            Assert.InRange(story.State.Commands.Count, 1, GroupLimits.CommandsRemembered + 1);
        }
        for (var i = 0; i < GroupLimits.BarriersRemembered * 2; i++)
        {
            Accepted(story.Tell("A", new BarrierOpened($"b{i}")));
            Accepted(story.Tell("A", new BarrierReached($"b{i}")));
            Accepted(story.Tell("B", new BarrierReached($"b{i}")));
            Accepted(story.Tell("A", new Invited($"i{i}", "N", "h")));
            Accepted(story.Tell("A", new InvitationCancelled($"i{i}")));
        }
        Assert.InRange(story.State.Barriers.Count, 1, GroupLimits.BarriersRemembered + 1);
        Assert.InRange(story.State.Invitations.Count, 1, GroupLimits.InvitationsRemembered + 1);
        Assert.StartsWith("no, commandKnown", story.Tell("A", new CommandSent($"c{(GroupLimits.CommandsRemembered * 2) - 1}", "B1", "work", null, 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_open_has_a_limit()
    {
        var story = GroupStory.Of("A joins", "B joins");
        for (var i = 0; i < GroupLimits.Commands; i++) Accepted(story.Tell("A", new CommandSent($"c{i}", "B1", "work", null, 1)));
        for (var i = 0; i < GroupLimits.Barriers; i++) Accepted(story.Tell("A", new BarrierOpened($"b{i}")));
        for (var i = 0; i < GroupLimits.Invitations; i++) Accepted(story.Tell("A", new Invited($"i{i}", $"N{i}", "h")));
        for (var i = 0; i < GroupLimits.Supervisors; i++) Accepted(story.Tell("A", new GroupSupervisorRegistered($"s{i}", new())));
        Full(story.Tell("A", new CommandSent("c", "B1", "work", null, 1)), GroupLimits.Commands);
        Full(story.Tell("A", new BarrierOpened("b")), GroupLimits.Barriers);
        Full(story.Tell("A", new Invited("i", "N", "h")), GroupLimits.Invitations);
        Full(story.Tell("A", new GroupSupervisorRegistered("s", new())), GroupLimits.Supervisors);
    }

    [Fact]
    public void Members_have_a_limit()
    {
        var story = GroupStory.Of("A joins");
        for (var i = 1; i < GroupLimits.Members; i++)
            Accepted(story.Tell($"B{i}", new MemberJoined(ScriptVerbs.ProcessOn("here"), false, false, 1)));
        Full(story.Tell("C", new MemberJoined(ScriptVerbs.ProcessOn("here"), false, false, 1)), GroupLimits.Members);
    }

    [Fact]
    public void What_is_too_long_is_refused()
    {
        var story = GroupStory.Of("A joins", "A takesOver", "A registers w spawned", "A reserves w for A");
        var text = new string('x', GroupLimits.CommandLength + 1);
        Assert.Equal("no, tooLong", story.Tell("A", new CommandSent("c", "A1", "work", text, 1)));
        Assert.Equal("no, tooLong", story.Tell("A", new CommandSent("c", "A1", text, null, 1)));
        Accepted(story.Tell("A", new CommandSent("c", "A1", "work", null, 1)));
        Accepted(story.Tell("A", new CommandTaken("c")));
        Assert.Equal("no, tooLong", story.Tell("A", new CommandDone("c", text)));
        Assert.Equal("no, tooLong", story.Tell("A", new Invited("i", "N", text)));
        Assert.Equal("no, tooLong", story.Tell("A", new StartTaken("w", story.Supervisor("w").Run, text)));
        Assert.Equal("no, tooLong", story.Tell("B", new MemberJoined(ScriptVerbs.ProcessOn(text), false, false, 4)));
        var start = GroupVerbs.Restartable().StartInfo!;
        Assert.StartsWith("no, tooLong", story.Tell("A", new GroupSupervisorRegistered("x", new SupervisorSettings
        {
            StartInfo = start with { Command = new string('x', GroupLimits.StartInfoLength + 1) },
        })), StringComparison.Ordinal);
        Full(story.Tell("A", new GroupSupervisorRegistered("x", new() { Ports = [.. new int[GroupLimits.Ports + 1]] })), GroupLimits.Ports);
        Full(story.Tell("A", new GroupSupervisorRegistered("x", new() { Dependencies = [.. Enumerable.Repeat("w", 33)] })),
            GroupLimits.Dependencies);
    }

    [Fact]
    public void A_long_reason_is_cut()
    {
        var story = GroupStory.Of("A joins", "A takesOver", "A registers w", "A reserves w for A");
        Accepted(story.Tell("A", new SupervisorFailed("w", story.Supervisor("w").Run, "run", new string('x', 5000))));
        Assert.Equal(GroupLimits.ReasonLength, story.Supervisor("w").Reason!.Length);
    }

    private static void Accepted(string answer) => Assert.StartsWith("ok", answer, StringComparison.Ordinal);

    private static void Full(string answer, int limit) => Assert.StartsWith($"no, limitReached: {limit} ", answer, StringComparison.Ordinal);
}
