using System.Globalization;
using Ledger.Model;

namespace Ledger.Log.Segments;

/// <summary>The name of one segment of a group's log, which is the id of the log it is: <c>G@0000000001</c>. No group id
/// holds an at sign. A number is never used again.</summary>
internal static class SegmentName
{
    private const char Separator = '@';
    private const int Digits = 10;

    public static string Of(string groupId, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{groupId}{Separator}{number:D10}");

    /// <summary>Group and number, or null when the name is no segment's.</summary>
    public static (string GroupId, long Number)? Parse(string name)
    {
        var at = name.LastIndexOf(Separator);
        if (at < 0 || name.Length - at - 1 < Digits || !Identifier.IsValid(name[..at])) return null;
        var isNumber = long.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        // One spelling for each number: else one segment had two names.
        return isNumber && number > 0 && Of(name[..at], number) == name ? (name[..at], number) : null;
    }

    /// <summary>The same for the name of the file or directory of a segment that has no successor.</summary>
    public static (string GroupId, long Number)? OfLive(string name)
    {
        foreach (var suffix in new[] { AppendLogStore.Suffix, ChainLogStore.Suffix })
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal)) return Parse(name[..^suffix.Length]);
        }
        return null;
    }
}
