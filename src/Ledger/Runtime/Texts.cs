using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ledger.Model;

namespace Ledger.Runtime;

/// <summary>Keeps free texts within their limit, without cutting a character in two, and such that a file can hold them:
/// halves of characters would come back as others.</summary>
internal static class Texts
{
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Cut(string? text)
    {
        if (text?.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') >= 0) text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        if (text is null || text.Length <= Limits.TextLength) return text;
        var end = Limits.TextLength - 3;
        if (char.IsHighSurrogate(text[end - 1])) end--;
        return text[..end] + "...";
    }
}
