using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Ledger.Model;

/// <summary>Ids of operations, calls, participants, supervisors and groups. They become file names, so they are restricted to
/// what is a plain, portable name everywhere: a letter or digit, then up to 127 of <c>A-Z a-z 0-9 . _ -</c>, no trailing
/// dot, not a device name. Two ids that differ only in case are the same name on some file systems, and are
/// refused.</summary>
public static class Identifier
{
    /// <summary>Longest id, in characters.</summary>
    public const int MaxLength = 128;

    private static readonly SearchValues<char> AllowedCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private static readonly HashSet<string> Devices = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL",
        "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    };

    /// <summary>True when <paramref name="id"/> may be used.</summary>
    public static bool IsValid([NotNullWhen(true)] string? id) => Fault(id) is null;

    /// <summary>Why <paramref name="id"/> cannot be used, or null when it can.</summary>
    public static string? Fault(string? id)
    {
        if (string.IsNullOrEmpty(id)) return "it is empty";
        if (id.Length > MaxLength) return $"it has {id.Length} characters, at most {MaxLength} are allowed";
        if (!char.IsAsciiLetterOrDigit(id[0])) return "it must begin with a letter or a digit";
        if (id.AsSpan().ContainsAnyExcept(AllowedCharacters)) return "only letters, digits, '.', '_' and '-' are allowed";
        if (id[^1] == '.') return "it must not end with a dot";
        var dot = id.IndexOf('.', StringComparison.Ordinal);
        var stem = dot < 0 ? id.Length : dot;
        return stem is 3 or 4 && Devices.Contains(id[..stem]) ? "it is a reserved device name" : null;
    }

    /// <summary>Returns <paramref name="id"/>, or throws.</summary>
    /// <exception cref="ArgumentException">It may not be used; the message says why.</exception>
    public static string Require(string? id, string what)
    {
        var fault = Fault(id);
        if (fault is null) return id!;
        var article = what is ['a' or 'e' or 'i' or 'o' or 'u', ..] ? "an" : "a";
        throw new ArgumentException($"'{Shown(id)}' cannot be {article} {what}: {fault}.");
    }

    /// <summary>An id made from any text, such as a file name: what is not allowed becomes '-'.</summary>
    public static string From(string text, string fallback)
    {
        var kept = new string([.. text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')]);
        kept = kept.TrimStart('.', '_', '-');
        if (kept.Length > MaxLength) kept = kept[..MaxLength];
        kept = kept.TrimEnd('.');
        return IsValid(kept) ? kept : fallback;
    }

    private static string Shown(string? id)
    {
        var plain = new string([.. (id ?? "").Select(c => char.IsControl(c) ? '?' : c)]);
        return plain.Length <= 60 ? plain : plain[..57] + "...";
    }
}
