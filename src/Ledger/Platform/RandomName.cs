namespace Ledger.Platform;

/// <summary>Random names, unique but no secrets. From the system's random numbers by way of <see cref="Guid"/>: the
/// cryptography library, which would serve too, costs every participant 5 MB.</summary>
internal static class RandomName
{
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789"; // without those that look alike

    /// <summary>Lower-case hexadecimal digits.</summary>
    public static string Hex(int digits) => Spell(digits, "0123456789abcdef");

    /// <summary>Letters and digits, for people to read.</summary>
    public static string Readable(int length) => Spell(length, Letters);

    private static string Spell(int length, string letters)
    {
        var text = new char[length];
        var written = 0;
        while (written < length)
        {
            var bytes = Guid.NewGuid().ToByteArray();
            for (var i = 0; i < bytes.Length && written < length; i++)
            {
                // Bytes 7 and 8 hold the version and the variant: not random.
                if (i is not (7 or 8)) text[written++] = letters[bytes[i] % letters.Length];
            }
        }
        return new string(text);
    }
}
