using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Ledger.Cli.Shared;

/// <summary>Durations as people type them: <c>500ms</c>, <c>5s</c>, <c>2m</c>, <c>1h</c>; fractions are allowed.</summary>
internal static class Durations
{
    /// <summary>The longest that is taken; beyond it a timer would not fire.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private static readonly (string Unit, double Ms)[] Units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];

    /// <summary>Reads one; <paramref name="fault"/> says what is wrong with it.</summary>
    public static bool TryParse(string text, out TimeSpan duration, out string fault)
    {
        duration = default;
        fault = $"'{Texts.OneLine(text)}' is no duration: write a number and a unit, such as 500ms, 5s, 2m or 1h.";
        var (unit, ms) = Units.FirstOrDefault(u => text.EndsWith(u.Unit, StringComparison.Ordinal));
        if (unit is null || !char.IsAsciiDigit(text[0])) return false;
        const NumberStyles Digits = NumberStyles.AllowDecimalPoint;
        if (!double.TryParse(text[..^unit.Length], Digits, CultureInfo.InvariantCulture, out var number)) return false;
        if (number * ms > Longest.TotalMilliseconds)
        {
            fault = $"'{Texts.OneLine(text)}' is too long: at most {Longest.TotalHours.ToString(CultureInfo.InvariantCulture)}h.";
            return false;
        }
        duration = TimeSpan.FromMilliseconds(number * ms);
        return true;
    }

    /// <summary>An option whose value is a duration.</summary>
    public static Option<TimeSpan?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        CustomParser = Parse,
    };

    /// <summary>A duration for people: <c>0.3 s</c>, <c>12 s</c>, <c>3 min</c>, <c>2 h</c>, <c>4 d</c>.</summary>
    public static string Show(TimeSpan d)
    {
        if (d < TimeSpan.Zero) d = TimeSpan.Zero;
        return d.TotalSeconds switch
        {
            < 10 => string.Create(CultureInfo.InvariantCulture, $"{d.TotalSeconds:0.0} s"),
            < 120 => string.Create(CultureInfo.InvariantCulture, $"{d.TotalSeconds:0} s"),
            < 7200 => string.Create(CultureInfo.InvariantCulture, $"{d.TotalMinutes:0} min"),
            < 172_800 => string.Create(CultureInfo.InvariantCulture, $"{d.TotalHours:0} h"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{d.TotalDays:0} d"),
        };
    }

    private static TimeSpan? Parse(ArgumentResult result)
    {
        if (TryParse(result.Tokens[0].Value, out var duration, out var fault)) return duration;
        result.AddError(fault);
        return null;
    }
}
