using System.Diagnostics.CodeAnalysis;
using Ledger.Model;

namespace Ledger.Runtime;

/// <summary>Keeps free texts within their limit, without cutting a character in two.</summary>
internal static class Texts
{
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Cut(string? text)
    {
        if (text is null || text.Length <= Limits.TextLength) return text;
        var end = Limits.TextLength - 3;
        if (char.IsHighSurrogate(text[end - 1])) end--;
        return text[..end] + "...";
    }
}
