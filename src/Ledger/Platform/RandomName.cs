namespace Ledger.Platform;

/// <summary>Random names, unique but no secrets. From the system's random numbers by way of <see cref="Guid"/>: the
/// cryptography library, which would serve too, costs every participant 5 MB.</summary>
internal static class RandomName
{
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789"; // without those that look alike

    /// <summary>Lower-case hexadecimal digits.</summary>
    public static string Hex(int digits) => string.Concat(Bytes(digits).Select(b => "0123456789abcdef"[b % 16]));

    /// <summary>Letters and digits, for people to read.</summary>
    public static string Readable(int length) => string.Concat(Bytes(length).Select(b => Letters[b % Letters.Length]));

    private static IEnumerable<byte> Bytes(int count)
    {
        // Bytes 7 and 8 hold the version and the variant: not random.
        while (true)
        {
            var bytes = Guid.NewGuid().ToByteArray();
            for (var i = 0; i < bytes.Length; i++)
            {
                if (i is 7 or 8) continue;
                if (count-- == 0) yield break;
                yield return bytes[i];
            }
        }
    }
}
