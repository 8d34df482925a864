using Ledger.Cli.Rendering;
using Ledger.Cli.Shared;
using Ledger.Model;

namespace Ledger.Cli.Tests.Rendering;

public sealed class OperationViewTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 12, TimeSpan.Zero);

    [Fact]
    public void A_pipe_gets_the_tree_indented()
    {
        var state = Chain();
        var lines = new OperationView(state, false, States.Lives(state), Now).Plain().ToList();
        Assert.Equal("op1  running  started 12 s ago", lines[0]);
        Assert.Equal("  initiator  cli (pid 4711 on host)  ● alive, beat 0.3 s ago", lines[1]);
        Assert.Equal("Call stack", lines[2]);
        Assert.Equal("  cli c1  active  11 s ago  ● alive, beat 0.3 s ago", lines[3]);
        Assert.Equal("    bridge c2  active  11 s ago  ● alive, beat 0.3 s ago", lines[4]);
    }

    [Fact]
    public void A_terminal_gets_a_coloured_tree()
    {
        var drawn = Draw(Chain(), noColor: null);
        Assert.Contains("└── ", drawn, StringComparison.Ordinal);
        Assert.Contains("\u001b[", drawn, StringComparison.Ordinal);
        Assert.Contains("bridge", drawn, StringComparison.Ordinal);
    }

    [Fact]
    public void No_color_is_respected()
    {
        var drawn = Draw(Chain(), noColor: "1");
        Assert.DoesNotMatch("\u001b\\[[0-9;]*(3[0-9]|9[0-7])m", drawn);
        Assert.Contains("└── ", drawn, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_gets_no_escape_sequence_whatever_the_texts_hold()
    {
        var state = Chain() with { Description = "evil \u001b]0;title\u0007 text\nand a second line" };
        Assert.All(new OperationView(state, true, States.Lives(state), Now).Plain(), line =>
        {
            Assert.DoesNotContain('\u001b', line);
            Assert.DoesNotContain('\n', line);
        });
    }

    [Fact]
    public void Brackets_in_texts_are_no_markup()
    {
        var state = Chain() with { Description = "[red]not red[/] [oops" };
        Assert.Contains("[red]not red[/] [oops", Draw(state, noColor: "1"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_whose_caller_left_hangs_below_its_nearest_ancestor()
    {
        var state = States.Of(OperationStatus.Running, ["cli", "code"],
            States.Frame(1, "cli"), States.Frame(3, "code", FrameStatus.Active, 1, 2));
        var root = Assert.Single(StackTree.Build(state));
        Assert.Equal(3, Assert.Single(root.Callees).Frame.Position);
    }

    private static OperationState Chain() => States.Of(OperationStatus.Running, ["cli", "bridge"],
        States.Frame(1, "cli"), States.Frame(2, "bridge", FrameStatus.Active, 1));

    private static string Draw(OperationState state, string? noColor)
    {
        using var text = new StringWriter();
        var output = new Output(text, TextWriter.Null, true, name => name == "NO_COLOR" ? noColor : "xterm-256color");
        // No terminal is there to be asked what it can do.
        output.Console.Profile.Capabilities.Ansi = true;
        output.Console.Profile.Capabilities.ColorSystem = noColor is null ? Spectre.Console.ColorSystem.Standard : Spectre.Console.ColorSystem.NoColors;
        output.Console.Profile.Capabilities.Unicode = true;
        output.Console.Profile.Width = 200;
        output.Console.Write(new OperationView(state, false, States.Lives(state), Now).Draw());
        return text.ToString();
    }
}
