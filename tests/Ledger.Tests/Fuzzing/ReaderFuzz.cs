using Ledger.Log;
using Ledger.Platform;
using Ledger.Testing.Simulation;
using Ledger.Tests.Platform;
using Xunit.Abstractions;

namespace Ledger.Tests.Fuzzing;

/// <summary>What is a line is the bytes' affair alone: every reader, whatever its buffer and whenever it looked, tells the
/// same.</summary>
public sealed class ReaderFuzz(ITestOutputHelper output) : IDisposable
{
    private static readonly int[] Edges =
        [8 * 1024, 32 * 1024, LogLimits.LineBytes, 128 * 1024, LogLimits.RecordBytes, LogLimits.RecordBytes + LogLimits.LineBytes];

    private readonly ScratchDirectory scratch = new(null);

    public void Dispose() => scratch.Dispose();

    [LinuxFact]
    public Task Readers_of_a_growing_append_log_agree_with_each_other_and_with_its_bytes() => new Campaign(output).RunAsync(60, lottery =>
    {
        var content = Content(lottery);
        var path = Path.Combine(scratch.Root, "log");
        using (File.Create(path)) { }
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var writer = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 0);
        var eager = new List<string>();
        int[] buffers = [1, 2, 7, 64, 4096, 8 * 1024];
        var reader = new AppendLogReader(file, buffers[lottery.Below(buffers.Length)]) { Path = path };
        for (var at = 0; at < content.Length;)
        {
            var step = Math.Min(content.Length - at, content.Length < 400 ? 1 : 1 + lottery.Below(content.Length));
            writer.Write(content, at, step);
            at += step;
            Campaign.Bounded(step, () => reader.ReadToEnd(Note(eager)));
            Assert.Equal(content[at - 1] != '\n', reader.AtUnterminatedTail);
        }
        var late = new List<string>();
        new AppendLogReader(file) { Path = path }.ReadToEnd(Note(late));

        Assert.Equal(Expected(content), eager);
        Assert.Equal(eager, late);
        File.Delete(path);
    });

    [LinuxFact]
    public Task Readers_of_a_growing_chain_agree_with_each_other_and_with_its_bytes() => new Campaign(output).RunAsync(30, lottery =>
    {
        var layout = new LedgerLayout(Path.Combine(scratch.Root, "ledger"));
        foreach (var directory in layout.Directories) Directory.CreateDirectory(directory);
        var store = new ChainLogStore(new UnixDisk(isLocal: true), layout.Operations, layout.Backup, TimeProvider.System,
            ChainLogOptions.Default with { Flush = false });
        var genesis = "{\"nonce\":\"n\"}\n"u8.ToArray();
        Assert.True(store.TryCreate("op", genesis));
        using var early = store.TryOpen("op")!;
        var (eager, expected) = (new List<string>(), Expected(genesis));
        for (var number = 2; number < 2 + lottery.Below(8); number++)
        {
            var content = Content(lottery);
            var path = Path.Combine(layout.ChainLog("op"), ChainNames.Entry(number, "n"));
            File.WriteAllBytes(path, content);
            expected.AddRange(content.Length > LogLimits.RecordBytes ? [Spelt(default, 0, true)] : Expected(content, endless: true));
            early.Read(Note(eager));
        }
        early.Read(Note(eager));
        using var other = store.TryOpen("op")!;
        var late = new List<string>();
        other.Read(Note(late));

        Assert.Equal(expected, eager);
        Assert.Equal(eager, late);
        Directory.Delete(layout.Root, recursive: true);
    });

    /// <summary>Lines around the sizes that matter, or a few of them byte by byte.</summary>
    private static byte[] Content(Lottery lottery)
    {
        var isSmall = lottery.Below(3) != 0;
        var content = new List<byte>();
        for (var lines = 1 + lottery.Below(6); lines > 0; lines--)
        {
            var length = lottery.Below(40);
            if (!isSmall && lottery.Below(2) == 0) length = Edges[lottery.Below(Edges.Length)] - 2 + lottery.Below(5);
            var fill = (byte)('a' + lottery.Below(26));
            content.AddRange(Enumerable.Repeat(fill, length));
            if (lottery.Below(3) != 0) content.Add((byte)lottery.Below(256));
            if (lines > 1 || lottery.Below(2) == 0) content.Add((byte)'\n');
        }
        return [.. content];
    }

    /// <summary>The same, said as simply as possible.</summary>
    private static List<string> Expected(byte[] content, bool endless = false)
    {
        var result = new List<string>();
        for (var begin = 0; begin < content.Length;)
        {
            var end = Array.IndexOf(content, (byte)'\n', begin);
            if (end < 0 && !endless) break; // not yet
            if (end < 0) end = content.Length;
            var oversized = end - begin > LogLimits.LineBytes;
            if (end > begin) result.Add(Spelt(content.AsSpan(begin..(oversized ? begin + LogLimits.LineBytes : end)), begin, oversized));
            begin = end + 1;
        }
        return result;
    }

    private static LineHandler Note(List<string> target) => (line, place, oversized) => target.Add(Spelt(line, place.Offset, oversized));

    private static string Spelt(ReadOnlySpan<byte> line, long offset, bool oversized) =>
        $"{offset} {line.Length} {oversized} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(line))}";
}
