using System.Globalization;
using System.Text;
using Newtonsoft.Json;

namespace Ledger.Log;

/// <summary>Names in a chain's directory: its mark <c>~{nonce}</c>, and its entries <c>0000000001.json</c>, then
/// <c>0000000002~{nonce}.json</c>.</summary>
internal static class ChainNames
{
    private const int LongestNonce = 64;
    private const int DeepestNesting = 64;

    public static string Entry(long number, string nonce)
    {
        var digits = number.ToString("D10", CultureInfo.InvariantCulture);
        return number == 1 ? digits + ".json" : $"{digits}~{nonce}.json";
    }

    /// <summary>Whether an event of that name in a chain's directory may mean an entry; null: anything may have changed. Files on their
    /// way there are no news, and least of all where a full disk lets nobody finish one.</summary>
    public static bool MayBeEntry(string? name) => name is null or [>= '0' and <= '9', ..];

    /// <summary>What is in the directory of this chain, and never in that of another.</summary>
    public static string Mark(string nonce) => "~" + nonce;

    public static bool IsMark(string name) => name[0] == '~';

    /// <summary>The member <c>nonce</c> of the object in the first line, or null when there is none that could stand
    /// in a file's name.</summary>
    public static string? NonceOf(ReadOnlySpan<byte> genesis)
    {
        var line = genesis.TrimStart((byte)'\n');
        var end = line.IndexOf((byte)'\n');
        try
        {
            using var text = new StringReader(Encoding.UTF8.GetString(end < 0 ? line : line[..end]));
            using var reader = new JsonTextReader(text)
            {
                MaxDepth = DeepestNesting,
                DateParseHandling = DateParseHandling.None,
            };
            while (reader.Read())
            {
                if (reader.TokenType != JsonToken.PropertyName || reader.Depth != 1) continue;
                if ((string?)reader.Value == "nonce") return IsUsable(reader.ReadAsString());
            }
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? IsUsable(string? nonce) =>
        nonce is { Length: > 0 and <= LongestNonce } && nonce.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? nonce
            : null;
}
