using Spectre.Console;

namespace Ledger.Cli.Shared;

/// <summary>Where a command writes. Colour and redrawing only on a terminal; <c>NO_COLOR</c> is respected.</summary>
internal sealed class Output
{
    public Output(TextWriter standard, TextWriter error, bool isTerminal, Func<string, string?> variable)
    {
        Standard = standard;
        Error = error;
        IsTerminal = isTerminal && variable("TERM") != "dumb";
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(standard),
            Ansi = IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = IsTerminal && string.IsNullOrEmpty(variable("NO_COLOR")) ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
    }

    /// <summary>Results.</summary>
    public TextWriter Standard { get; }

    /// <summary>Everything else.</summary>
    public TextWriter Error { get; }

    /// <summary>True when a person looks at a screen that can be redrawn.</summary>
    public bool IsTerminal { get; }

    /// <summary>The terminal, for what is drawn.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>This process's standard streams.</summary>
    public static Output OfProcess() => new(
        System.Console.Out, System.Console.Error, !System.Console.IsOutputRedirected, Environment.GetEnvironmentVariable);

    /// <summary>One line about what goes on, or what went wrong.</summary>
    public void Note(string message) => Error.WriteLine($"ledger: {Texts.OneLine(message)}");

    public void Line(string line) => Standard.WriteLine(line);

    /// <summary>One line of a table whose rows come one by one: marked up on a terminal, never broken elsewhere.</summary>
    public void Row(string markup)
    {
        if (IsTerminal) Console.MarkupLine(markup);
        else Line(Markup.Remove(markup));
    }
}
