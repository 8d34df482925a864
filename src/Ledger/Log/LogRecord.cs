namespace Ledger.Log;

/// <summary>The form every record has.</summary>
internal static class LogRecord
{
    private const byte Newline = (byte)'\n';

    /// <exception cref="ArgumentException">Not between newlines, or too long.</exception>
    public static void Check(ReadOnlySpan<byte> record)
    {
        if (record.IsEmpty || record[0] != Newline || record[^1] != Newline)
            throw new ArgumentException("A record begins and ends with a newline.");
        CheckLength(record, LogLimits.RecordBytes);
    }

    /// <exception cref="ArgumentException">Not ended by a newline, or longer than <paramref name="limit"/>.</exception>
    public static void CheckGenesis(ReadOnlySpan<byte> genesis, int limit)
    {
        if (genesis.IsEmpty || genesis[^1] != Newline)
            throw new ArgumentException("The first record of a log ends with a newline.");
        CheckLength(genesis, limit);
    }

    private static void CheckLength(ReadOnlySpan<byte> record, int limit)
    {
        if (record.Length > limit)
            throw new ArgumentException($"A record has at most {limit} bytes, not {record.Length}.");
    }
}
