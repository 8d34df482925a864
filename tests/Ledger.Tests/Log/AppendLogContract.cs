using System.Text;
using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;
using Ledger.Tests.Platform;

namespace Ledger.Tests.Log;

/// <summary>What an append log makes of the bytes that crashes, full disks and strangers leave in its file.</summary>
public abstract class AppendLogContract : FileLogContract
{
    private protected AppendLogContract(string? parent) : base(parent) { }

    private string LivePath => Path.Combine(Layout.Operations, $"{Id}.log.jsonl");

    private protected override ILogStore OpenStore() =>
        new AppendLogStore(new UnixDisk(isLocal: true), Layout.Operations, Layout.Backup);

    private void Raw(string bytes)
    {
        using var file = new FileStream(LivePath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        file.Write(Encoding.Latin1.GetBytes(bytes));
    }

    [ContractFact]
    public void An_unterminated_tail_is_not_yet_a_line()
    {
        using var log = Created();
        log.Skip();
        Raw("\nbegun");
        Assert.Equal(LogReadStatus.AtUnterminatedTail, log.Skip());
        Assert.Empty(log.ReadLines());
        Raw(" and ended");
        Assert.Empty(log.ReadLines());
        Raw("\nnext");
        Assert.Equal(["begun and ended"], log.ReadLines());
        Assert.Equal(LogReadStatus.AtUnterminatedTail, log.Skip());
    }

    [ContractFact]
    public void A_torn_record_spoils_only_itself()
    {
        using var log = Created();
        log.Skip();
        Raw("\nwhole\ntor");
        Assert.Equal(AppendStatus.Written, log.Append(LogTesting.Lines("next")).Status);
        Assert.Equal(["whole", "tor", "next"], log.ReadLines());
        Assert.Equal(LogReadStatus.AtEnd, log.Skip());
    }

    [ContractFact]
    public void A_single_newline_ends_a_torn_tail()
    {
        using var log = Created();
        log.Skip();
        Raw("\nlacks only its newline");
        Assert.Equal(AppendStatus.Written, log.Append("\n"u8).Status);
        Assert.Equal(["lacks only its newline"], log.ReadLines());
        Assert.Equal(LogReadStatus.AtEnd, log.Skip());
    }

    [ContractFact]
    public void An_endless_tail_is_read_once_and_held_by_nobody()
    {
        const int Pieces = 200, PieceBytes = 10_000;
        using var log = Created();
        log.Skip();
        var before = BytesReadByThisThread();
        for (var piece = 0; piece < Pieces; piece++)
        {
            Raw(new string('x', PieceBytes));
            Assert.Equal(LogReadStatus.AtUnterminatedTail, log.Skip());
        }
        Assert.InRange(BytesReadByThisThread() - before, Pieces * PieceBytes, Pieces * PieceBytes * 3 / 2);
        Raw("\nbehind\n");
        var lines = new List<(int, bool)>();
        log.Read((line, _, oversized) => lines.Add((line.Length, oversized)));
        Assert.Equal([(LogLimits.LineBytes, true), (6, false)], lines);
    }

    [ContractFact]
    public void What_is_a_line_does_not_depend_on_the_pieces_it_came_in()
    {
        var random = new Random(20260101);
        for (var round = 0; round < 30; round++)
        {
            var content = RandomContent(random);
            var path = Scratch[$"pieces-{round}"];
            File.WriteAllBytes(path, []);
            using var file = UnixDisk.OpenRegular(path, Libc.ReadWrite | Libc.Append, "open", out _)!;
            var reader = new AppendLogReader(file, firstBuffer: 1 + random.Next(300)) { Path = path };
            var seen = new List<(string, long, bool)>();
            void Take(ReadOnlySpan<byte> line, LinePlace place, bool oversized) =>
                seen.Add((Convert.ToHexString(line), place.Offset, oversized));
            for (var at = 0; at < content.Length;)
            {
                var piece = Math.Min(content.Length - at, 1 + random.Next(random.Next(4) == 0 ? 90_000 : 500));
                Assert.Equal(piece, Libc.Write(file, content.AsSpan(at, piece)));
                at += piece;
                reader.ReadToEnd(Take);
            }
            var all = seen.ToList();
            seen.Clear();
            LineSplitter.Deliver(content.AsSpan(0, content.LastIndexOf((byte)'\n') + 1), path, 0, Take);
            Assert.Equal(seen, all);
        }
    }

    [ContractFact]
    public void A_deleted_log_never_takes_a_record()
    {
        using var log = Created();
        log.Skip();
        File.Delete(LivePath);
        Assert.Equal(AppendStatus.Gone, log.Append(LogTesting.Lines("late")).Status);
        Assert.Equal(["late"], log.ReadLines());
        Assert.Equal(LogReadStatus.Gone, log.Skip());
    }

    [ContractFact]
    public void A_log_with_a_left_over_temporary_name_is_judged_by_its_own_name()
    {
        using var log = Created();
        log.Skip();
        Assert.Equal(0, TestLibc.Link(LivePath, Path.Combine(Layout.Operations, ".left.tmp")));
        Assert.Equal(AppendStatus.Written, log.Append(LogTesting.Lines("a")).Status);
        OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1"));
        Assert.Equal(AppendStatus.Written, log.Append(LogTesting.Lines("b")).Status);
        Assert.True(log.IsArchived);
        File.Delete(Path.Combine(Layout.Operations, ".left.tmp"));
        Assert.Equal(0, TestLibc.Link(Path.Combine(Layout.Backup, Id, "log.jsonl"), Scratch["elsewhere"]));
        OpenStore().DeleteArchived(Id, LogTesting.HasNonce("n1"));
        Assert.Equal(AppendStatus.Gone, log.Append(LogTesting.Lines("late")).Status);
        log.Skip();
        Assert.Equal(LogReadStatus.Gone, log.Skip());
    }

    [ContractFact]
    public void A_log_that_became_shorter_is_not_read_on_as_if_nothing_were()
    {
        using var log = Created();
        log.Skip();
        File.WriteAllText(LivePath, "");
        var refused = Assert.Throws<LedgerStorageException>(() => log.Skip());
        Assert.Contains("shorter", refused.Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public void What_is_no_regular_file_is_refused_without_waiting()
    {
        Directory.CreateDirectory(LivePath);
        AssertRefused();
        Directory.Delete(LivePath);
        File.WriteAllBytes(Scratch["target"], LogTesting.Genesis("n1"));
        File.CreateSymbolicLink(LivePath, Scratch["target"]);
        AssertRefused();
        File.Delete(LivePath);
        Assert.Equal(0, TestLibc.MakeFifo(LivePath, 0x180));
        AssertRefused();
    }

    [ContractFact]
    public void Appending_and_reading_back_allocate_nothing()
    {
        using var log = Created();
        var record = LogTesting.Lines(new string('x', 300));
        var lines = 0;
        LineHandler count = (_, _, _) => lines++;
        for (var i = 0; i < 50; i++) AppendAndRead();
        lines = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) AppendAndRead();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(100, lines);

        void AppendAndRead()
        {
            log.Append(record);
            log.Read(count);
        }
    }

    private void AssertRefused()
    {
        var failures = Race.Run(1, _ => Record.Exception(() => OpenStore().TryOpen(Id)));
        Assert.Equal(LivePath, Assert.IsType<LedgerStorageException>(failures[0]).Path);
        Assert.False(OpenStore().TryCreate(Id, LogTesting.Genesis("n1")));
    }

    private static byte[] RandomContent(Random random)
    {
        var content = new List<byte>();
        while (content.Count < 400_000)
        {
            var length = random.Next(6) switch
            {
                0 => 0,
                1 => LogLimits.LineBytes + random.Next(-1, 2),
                2 when random.Next(3) == 0 => random.Next(300_000),
                _ => random.Next(700),
            };
            for (var i = 0; i < length; i++) content.Add((byte)random.Next('\n' + 1, 256));
            content.Add((byte)'\n');
        }
        return [.. content];
    }

    private static long BytesReadByThisThread() => long.Parse(
        File.ReadLines("/proc/thread-self/io").First().Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
}
