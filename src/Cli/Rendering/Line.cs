using Spectre.Console;

namespace Ledger.Cli.Rendering;

/// <summary>One line of text in pieces, each with a style: drawn in colour on a terminal, plain elsewhere.</summary>
internal sealed class Line
{
    private readonly List<(string Text, string Style)> pieces = [];

    /// <summary>The text without styles.</summary>
    public string Plain => string.Concat(pieces.Select(p => p.Text)).TrimEnd();

    /// <summary>The text as Spectre's markup.</summary>
    public Markup Markup => new(MarkupText);

    public string MarkupText => string.Concat(pieces.Select(p =>
        p.Style.Length == 0 ? p.Text.EscapeMarkup() : $"[{p.Style}]{p.Text.EscapeMarkup()}[/]"));

    public Line Add(string text, string style = "")
    {
        if (text.Length > 0) pieces.Add((text, style));
        return this;
    }

    /// <summary>Adds a text with two spaces before it, unless it is empty.</summary>
    public Line Then(string text, string style = "") => text.Length == 0 ? this : Add("  ").Add(text, style);
}
