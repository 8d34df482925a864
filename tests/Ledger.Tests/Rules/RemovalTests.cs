using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Tests.Rules;

/// <summary>Who leaves the stack with whom (semantics 5). A stack is written bottom first, each called by the one before it,
/// or by the one named: <c>A:a&lt;Bridge</c>. <c>a</c> active, <c>x</c> crashed, <c>c</c> settled.</summary>
public sealed class RemovalTests
{
    [Theory]
    [InlineData("CLI:a Bridge:c VSCode:c", "CLI", "-")]
    [InlineData("CLI:a Bridge:a VSCode:c", "Bridge", "CLI:a")]
    [InlineData("CLI:a Bridge:c VSCode:a", "CLI", "Bridge:c VSCode:a")]
    [InlineData("-CLI:a Bridge:c VSCode:a", "VSCode", "-")]
    [InlineData("CLI:a Bridge:c VSCode:a", "VSCode", "CLI:a Bridge:c")]
    [InlineData("CLI:a Bridge:a A:a B:c<Bridge", "Bridge", "CLI:a A:a")]
    [InlineData("CLI:c Bridge:a A:a", "Bridge", "CLI:c A:a")]
    // A crashed frame holds what it called until it is settled itself, and is held by nobody.
    [InlineData("CLI:a Bridge:x VSCode:c", "CLI", "Bridge:x VSCode:c")]
    [InlineData("CLI:x Bridge:c VSCode:a", "VSCode", "CLI:x Bridge:c")]
    // A frame that left is remembered as a link: Bridge is gone, CLI is still A's ancestor.
    [InlineData("CLI:c -Bridge:a A:a B:a<A", "A", "CLI:c B:a")]
    [InlineData("CLI:c -Bridge:a A:a", "A", "-")]
    // One leaves, a whole chain follows.
    [InlineData("A:c B:c C:c D:a", "D", "-")]
    [InlineData("Top:a A:c B:c<Top C:c<B", "Top", "-")]
    public void In_cleanup_settled_frames_leave_once_nothing_needs_them(string stack, string leaves, string rest)
    {
        var story = Build(stack, contained: false);
        Assert.StartsWith("ok", story.Tell($"{Owner(leaves)} removes {leaves}"), StringComparison.Ordinal);
        Assert.Equal(rest == "-" ? OperationStatus.Failed : OperationStatus.Cleanup, story.Now.Status);
        Assert.Equal(rest, Stories.Stack(story.Now.Stack.Values));
    }

    [Theory]
    // (a) alone: it need not wait for its caller.
    [InlineData("Root:a Bridge:c VSCode:a", "VSCode", "Root:A")]
    [InlineData("Root:a Bridge:x VSCode:c Leaf:a", "Leaf", "Root:A Bridge:x")]
    // (a) holds it, whoever leaves above.
    [InlineData("Root:a Bridge:c VSCode:a", "Root", "Bridge:c VSCode:A")]
    [InlineData("Root:c Bridge:a VSCode:a", "Bridge", "Root:c VSCode:A")]
    [InlineData("Root:c Bridge:a VSCode:a<Root", "Bridge", "Root:c VSCode:A")]
    public void In_a_contained_domain_of_a_running_operation_only_active_descendants_hold_a_settled_frame(
        string stack, string leaves, string rest)
    {
        var story = Build(stack, contained: true);
        Assert.StartsWith("ok", story.Tell($"{Owner(leaves)} removes {leaves}"), StringComparison.Ordinal);
        Assert.Equal(OperationStatus.Running, story.Now.Status);
        Assert.Equal(rest, Stories.Stack(story.Now.Stack.Values));
    }

    [Theory]
    [InlineData("CLI:a Bridge:x VSCode:c", "Bridge", "CLI:a Bridge:c", "CLI", "-")] // VSCode waits for Bridge, Bridge for CLI
    [InlineData("-CLI:a Bridge:x VSCode:c", "Bridge", "-", null, null)] // its caller has left, its callee needs only it
    [InlineData("CLI:x Bridge:c VSCode:a", "CLI", "CLI:c Bridge:c VSCode:a", "VSCode", "-")]
    public void Settling_lets_others_leave_in_the_same_transition(
        string stack, string settles, string then, string? leaves, string? atLast)
    {
        var story = Build(stack, contained: false);
        story.Tell($"X cleans {settles}");
        Assert.Equal(then, Stories.Stack(story.Now.Stack.Values));
        if (leaves is null) return;
        story.Tell($"{Owner(leaves)} removes {leaves}");
        Assert.Equal(atLast, Stories.Stack(story.Now.Stack.Values));
    }

    [Fact]
    public void A_settled_frame_leaves_when_its_last_active_descendant_ends_in_a_running_operation()
    {
        var story = Story.Of("I creates", "B joins", "A joins", "B starts Root contained", "A starts Leaf under Root contained",
            "I starts Other", "I accuses B exited", "I cleans Root");
        Assert.Equal("Root:c Leaf:A Other:a", Stories.Stack(story.Now.Stack.Values));
        story.Tell("A removes Leaf");
        Assert.Equal("Other:a", Stories.Stack(story.Now.Stack.Values));
    }

    /// <summary>Each frame gets an owner of its own; those marked <c>x</c> or <c>c</c> crash, <c>-</c> leaves before.</summary>
    private static Story Build(string stack, bool contained)
    {
        var story = Story.Of("I creates");
        var frames = stack.Split(' ').Select(Parse).ToList();
        string? above = null;
        foreach (var (name, _, caller, _) in frames)
        {
            var under = caller ?? above;
            var root = contained && above is null ? " contained" : "";
            Tell(story, $"{Owner(name)} joins");
            Tell(story, $"{Owner(name)} starts {name}{(under is null ? "" : " under " + under)}{root}");
            above = name;
        }
        if (contained) Tell(story, $"I starts Spark under {frames[^1].Name}");
        foreach (var f in frames.Where(f => f.Gone)) Tell(story, $"{Owner(f.Name)} ends {f.Name}");
        Tell(story, contained ? "I fails Spark" : "I aborts");
        foreach (var f in frames.Where(f => f.State is 'x' or 'c')) Tell(story, $"I accuses {Owner(f.Name)} exited");
        foreach (var f in frames.Where(f => f.State == 'c')) Tell(story, $"I cleans {f.Name}");
        return story;
    }

    private static void Tell(Story story, string line) =>
        Assert.StartsWith("ok", story.Tell(line), StringComparison.Ordinal);

    private static (string Name, char State, string? Caller, bool Gone) Parse(string text)
    {
        var parts = text.TrimStart('-').Split(':', '<');
        return (parts[0], parts[1][0], parts.Length > 2 ? parts[2] : null, text[0] == '-');
    }

    private static string Owner(string frame) => "P" + frame;
}
