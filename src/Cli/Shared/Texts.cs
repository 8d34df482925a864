using System.Text;

namespace Ledger.Cli.Shared;

/// <summary>Texts that others wrote, made fit for a terminal.</summary>
internal static class Texts
{
    /// <summary>Without control characters: what is in a ledger must not be able to steer a terminal, or to begin a
    /// line.</summary>
    public static string OneLine(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var result = new StringBuilder(text.Length);
        foreach (var c in text) result.Append(char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c);
        return result.ToString().Trim();
    }

    /// <summary>One line of at most <paramref name="most"/> characters.</summary>
    public static string Short(string? text, int most)
    {
        var line = OneLine(text);
        return line.Length <= most ? line : line[..(most - 1)] + "…";
    }
}
