using System.Text;
using Ledger.Log;

namespace Ledger.Tests.Log;

/// <summary>Short ways to say what log tests say often.</summary>
internal static class LogTesting
{
    private const int AppendTries = 10_000;

    public static byte[] Genesis(string nonce) => Encoding.UTF8.GetBytes($"{{\"crc\":\"0\",\"nonce\":\"{nonce}\"}}\n");

    public static string GenesisLine(string nonce) => Encoding.UTF8.GetString(Genesis(nonce)).TrimEnd('\n');

    public static byte[] Lines(params string[] lines) =>
        Encoding.Latin1.GetBytes("\n" + string.Concat(lines.Select(line => line + "\n")));

    /// <summary>Reads to the end; lines as Latin-1 text, which keeps every byte.</summary>
    public static List<string> ReadLines(this IOperationLog log)
    {
        var lines = new List<string>();
        log.Read((line, _, _) => lines.Add(Encoding.Latin1.GetString(line)));
        return lines;
    }

    public static LogReadStatus Skip(this IOperationLog log) => log.Read((_, _, _) => { });

    /// <summary>Appends as a proposer does: reads on whenever another took the place.</summary>
    public static void AppendSurely(this IOperationLog log, byte[] record)
    {
        for (var tries = 0; tries < AppendTries; tries++)
        {
            var result = log.Append(record);
            if (result.Status == AppendStatus.Written) return;
            if (result.Status != AppendStatus.Behind)
                throw new InvalidOperationException(result.Status.ToString(), result.Error);
            log.Skip();
        }
        throw new InvalidOperationException("another writer was always first");
    }

    /// <summary>What an archiver asks: is this still the operation I mean?</summary>
    public static Func<IOperationLog, bool> HasNonce(string nonce) =>
        log => log.ReadLines().FirstOrDefault() == GenesisLine(nonce);
}
