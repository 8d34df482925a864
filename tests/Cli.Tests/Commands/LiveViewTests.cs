using System.Text;
using System.Text.RegularExpressions;
using Ledger.Cli.Commands;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ledger.Cli.Tests.Commands;

public sealed class LiveViewTests
{
    [Fact]
    public async Task In_a_terminal_that_becomes_narrower_no_line_is_longer_than_it()
    {
        int[] widths = [100, 50, 70, 60];
        using var terminal = new Terminal { Width = widths[0] };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = terminal,
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        var drawn = 0;
        var change = new TaskCompletionSource();
        // A display that ends shows its view once more.
        terminal.Showed += () =>
        {
            if (drawn < widths.Length) terminal.Width = widths[drawn];
            change.TrySetResult();
        };

        await LiveView.DrawAsync(console, Next, Draw, CancellationToken.None);

        var screens = terminal.Text.Split("\u001b[2J");
        Assert.Equal(3, screens.Length);
        Assert.Equal(100, Widest(screens[0]));
        Assert.Equal(70, Widest(screens[1]));
        Assert.Equal(60, Widest(screens[2]));

        Task Next()
        {
            change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return change.Task;
        }

        Task<(IRenderable, bool)> Draw()
        {
            var view = new Text(new string('x', terminal.Width) + "\n" + Terminal.End);
            return Task.FromResult<(IRenderable, bool)>((view, ++drawn == widths.Length));
        }
    }

    /// <summary>Characters of the longest line, without control sequences.</summary>
    private static int Widest(string screen) => Regex.Replace(screen, "\u001b\\[[0-9;?]*[A-Za-z]", "").Split('\n', '\r').Max(line => line.Length);

    /// <summary>Its width can be changed; says when a view was shown to its end.</summary>
    private sealed class Terminal : StringWriter, IAnsiConsoleOutput
    {
        public const string End = "the end";

        public event Action? Showed;

        public TextWriter Writer => this;

        public string Text => ToString();

        public bool IsTerminal => true;

        public int Width { get; set; }

        public int Height => 30;

        public override void Write(string? value)
        {
            base.Write(value);
            if (value?.Contains(End, StringComparison.Ordinal) == true) Showed?.Invoke();
        }

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
