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
        CheckLength(record);
    }

    /// <exception cref="ArgumentException">Not ended by a newline, or too long.</exception>
    public static void CheckGenesis(ReadOnlySpan<byte> genesis)
    {
        if (genesis.IsEmpty || genesis[^1] != Newline)
            throw new ArgumentException("The first line of a log ends with a newline.");
        CheckLength(genesis);
    }

    private static void CheckLength(ReadOnlySpan<byte> record)
    {
        if (record.Length > LogLimits.RecordBytes)
            throw new ArgumentException($"A record has at most {LogLimits.RecordBytes} bytes, not {record.Length}.");
    }
}
