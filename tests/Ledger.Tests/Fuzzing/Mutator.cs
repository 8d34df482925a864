using System.Globalization;
using System.Text;
using Ledger.Testing.Simulation;

namespace Ledger.Tests.Fuzzing;

/// <summary>Spoils inputs: bit flips, cuts, repetitions, splices of two inputs, and bytes that parsers stumble over.</summary>
internal sealed class Mutator(Lottery lottery)
{
    private static readonly byte[][] Interesting =
    [
        .. new[]
        {
            "\n", "\r\n", "\"", "'", "\\", "{", "}", "[", "]", ",", ":", "\0", "\ufeff", "\\u0000", "\\ud800", "\\u12", "\ufffd", "é", "🦊",
            "null", "true", "-1", "0", "01", "0x10", "1e400", "1.5", "NaN", "Infinity", "undefined", "/* */", "//", "new Date(1)",
            "9223372036854775807", "-9223372036854775808", "9223372036854775808", "922337203685478", "2147483648", "-2147483649",
            "\"2026-01-01T00:00:00Z\"", "\"/Date(1)/\"", "\"..\"", "\"CON\"", "\"$type\":\"System.Object\",", "\"seq\":1,", "\"type\":\"x\",",
            "\n{\"crc\":\"00000000\",", ",]", ",}",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf0, 0x9f], [0x80],
        Encoding.ASCII.GetBytes(new string('[', 2000)), Encoding.ASCII.GetBytes(new string('9', 500)),
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 100))), Encoding.ASCII.GetBytes(new string(' ', 1000)),
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"k{i}\":0,")))),
    ];

    /// <summary>One to four changes of an input; the corpus is what is spliced in.</summary>
    public byte[] Mutate(byte[] input, IReadOnlyList<byte[]> corpus)
    {
        for (var changes = 1 + lottery.Below(4); changes > 0; changes--) input = Change(input, corpus);
        return input;
    }

    private byte[] Change(byte[] input, IReadOnlyList<byte[]> corpus)
    {
        var at = lottery.Below(input.Length + 1);
        var length = Math.Min(input.Length - at, lottery.Below(lottery.Below(4) == 0 ? 1000 : 16));
        var behind = input[(at + length)..];
        switch (lottery.Below(9))
        {
            case 0:
                return Flip(input);
            case 1:
                return input[..at]; // cut off
            case 2:
                return [.. input[..at], .. behind]; // a piece is missing
            case 3:
                return [.. input[..(at + length)], .. input[at..]]; // a piece twice
            case 4:
                var other = corpus[lottery.Below(corpus.Count)];
                return [.. input[..at], .. other[lottery.Below(other.Length + 1)..]];
            case 5:
                return [.. input[..at], (byte)lottery.Below(256), .. behind];
            case 6:
                return ReplaceToken(input);
            default:
                var bytes = Interesting[lottery.Below(Interesting.Length)];
                return lottery.Below(2) == 0 ? [.. input[..at], .. bytes, .. input[at..]] : [.. input[..at], .. bytes, .. behind];
        }
    }

    private byte[] Flip(byte[] input)
    {
        if (input.Length == 0) return input;
        byte[] result = [.. input];
        result[lottery.Below(result.Length)] ^= (byte)(1 << lottery.Below(8));
        return result;
    }

    /// <summary>What stands behind a colon, up to the next comma or bracket, becomes something else: still JSON, most
    /// often.</summary>
    private byte[] ReplaceToken(byte[] input)
    {
        var at = lottery.Below(input.Length + 1);
        var colon = Array.IndexOf(input, (byte)':', at);
        if (colon < 0) return input;
        var end = colon + 1;
        while (end < input.Length && input[end] is not ((byte)',' or (byte)'}' or (byte)']')) end++;
        return [.. input[..(colon + 1)], .. Interesting[lottery.Below(Interesting.Length)], .. input[end..]];
    }
}
