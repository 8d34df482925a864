using System.Text;
using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;
using Ledger.Rules;
using Ledger.Runtime;
using Ledger.Tests.Runtime;
using Xunit.Abstractions;

namespace Ledger.Tests.Fuzzing;

/// <summary>Everything else that is read from files: heartbeat records, the manifest, progress, a chain's nonce,
/// <c>/proc</c>.</summary>
public sealed class SmallFilesFuzz(ITestOutputHelper output)
{
    private static readonly ProcessIdentity Self = new("hostž", "boot", "pid:[1]", "mnt:[1]", "0", 42, "4242");
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public Task A_heartbeat_record_is_refused_or_says_what_can_be_written_again()
    {
        byte[][] corpus =
        [
            Record("p", "i", Self, 1000, 0), Record("p", "i", Self, 1000, long.MaxValue), Record("p", "i", Self, 1000, long.MinValue),
            Record(new string('Z', 128), "j", Self, 1, JsonFields.LongestMs), Lines.Corpus[0],
        ];
        return new Campaign(output).RunAsync(5_000, lottery =>
        {
            var bytes = new Mutator(lottery).Mutate(corpus[lottery.Below(corpus.Length)], corpus);
            HeartbeatRecord.Contents? c = null;
            Campaign.Bounded(bytes.Length, () => c = HeartbeatRecord.Parse(bytes));
            if (c is null) return;
            Assert.Equal((c.Time, c.Paused, c.ToleranceMs), HeartbeatRecord.Signs(bytes)); // found in place, or sought
            _ = TimeSpan.FromMilliseconds(c.IntervalMs + c.ToleranceMs); // as its readers do
            byte[] again;
            try
            {
                again = Record(c.ParticipantId, c.Incarnation, c.Process, c.IntervalMs, c.ToleranceMs);
            }
            catch (LedgerException)
            {
                return; // over the record's size: no participant could have written it
            }
            Assert.Equal(c with { Paused = false, Time = "2026-01-01T12:00:00.000Z" }, HeartbeatRecord.Parse(again));
        });
    }

    [Fact]
    public Task A_manifest_is_refused_naming_its_path_or_says_what_can_be_written_again()
    {
        var valid = new Manifest("0123456789abcdef", "append", 1000, 5000, "2026-01-01T00:00:00.000Z");
        byte[][] corpus = [ManifestCodec.Write(valid, Fold.Version), ManifestCodec.Write(valid with { Log = "chain" }, Fold.Version + 1), [.. Lines.Corpus[0]]];
        return new Campaign(output).RunAsync(5_000, lottery =>
        {
            var bytes = new Mutator(lottery).Mutate(corpus[lottery.Below(corpus.Length)], corpus);
            try
            {
                Manifest? m = null;
                Campaign.Bounded(bytes.Length, () => m = ManifestCodec.Read("/some/ledger.json", bytes, Fold.Version));
                _ = TimeSpan.FromMilliseconds(m!.StalenessThresholdMs + (4 * m.HeartbeatIntervalMs)); // as its readers do
                Assert.Equal(m, ManifestCodec.Read("/some/ledger.json", ManifestCodec.Write(m, Fold.Version), Fold.Version));
            }
            catch (LedgerStorageException e)
            {
                Assert.Contains("/some/ledger.json", e.Message, StringComparison.Ordinal);
                Assert.True(e is LedgerVersionException || e.GetType() == typeof(LedgerStorageException));
            }
        });
    }

    [Fact]
    public async Task Opening_a_ledger_with_a_spoilt_manifest_fails_as_documented_or_works()
    {
        using var ledger = new TempLedger();
        await ledger.OpenAsync();
        var path = new LedgerLayout(ledger.Path).Manifest;
        byte[][] corpus = [File.ReadAllBytes(path)];
        await new Campaign(output).RunAsync(300, lottery =>
        {
            File.WriteAllBytes(path, new Mutator(lottery).Mutate(corpus[0], corpus));
            try
            {
                LedgerDirectory.Open(new LedgerOptions { Path = ledger.Path });
            }
            catch (LedgerStorageException e)
            {
                Assert.Contains(ledger.Path, e.Message, StringComparison.Ordinal);
            }
        });
    }

    [Fact]
    public async Task A_progress_file_is_progress_whatever_is_in_it()
    {
        using var ledger = new TempLedger();
        var context = (await ledger.OpenAsync()).Context;
        var path = Path.Combine(ledger.Path, "temp", "progress");
        byte[][] corpus = ["{\"by\":1,\"report\":2,\"busyForMs\":3000}\n"u8.ToArray(), []];
        await new Campaign(output).RunAsync(500, lottery =>
        {
            var bytes = new Mutator(lottery).Mutate(corpus[lottery.Below(2)], corpus);
            File.WriteAllBytes(path, bytes);
            var look = Progress.Read(context, path);
            Assert.Equal(bytes.Length <= 4096 ? LookResult.Seen : LookResult.Failed, look.Result);
            Assert.InRange(look.ToleranceMs, 0, JsonFields.LongestMs);
        });
    }

    [Fact]
    public Task The_nonce_of_a_chain_can_always_stand_in_a_files_name() => new Campaign(output).RunAsync(5_000, lottery =>
    {
        var genesis = new Mutator(lottery).Mutate(Lines.Corpus[lottery.Below(Lines.Corpus.Count)], Lines.Corpus);
        string? nonce = null;
        Campaign.Bounded(genesis.Length, () => nonce = ChainNames.NonceOf(genesis));
        Assert.True(nonce is null || (nonce.Length is > 0 and <= 64 && nonce.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')));
    });

    [Fact]
    public Task A_processs_name_says_nothing_about_its_state() => new Campaign(output).RunAsync(5_000, lottery =>
    {
        var rest = $" S 7 8 9 0 -1 {(lottery.Below(2) == 0 ? 4194304 : 4)} 1 2 3 4 5 6 7 8 20 0 {1 + lottery.Below(9)} 0 {lottery.Below(1 << 30)} 1 2 3\n";
        byte[][] corpus = [Encoding.Latin1.GetBytes("a) Z 1 1 ("), Encoding.Latin1.GetBytes(rest), "))"u8.ToArray()];
        var name = Encoding.Latin1.GetString(new Mutator(lottery).Mutate(corpus[lottery.Below(3)], corpus));
        Assert.Equal(ProcStat.Parse("42 (sh)" + rest), ProcStat.Parse("42 (" + name + ")" + rest));
        Assert.NotNull(ProcStat.Parse("42 (sh)" + rest));
        // Whatever else: never an exception.
        var spoilt = Encoding.Latin1.GetString(new Mutator(lottery).Mutate(corpus[1], corpus));
        Campaign.Bounded(spoilt.Length, () => ProcStat.Parse("42 (sh)" + spoilt));
    });

    private static byte[] Record(string id, string incarnation, ProcessIdentity process, long intervalMs, long toleranceMs) =>
        new HeartbeatRecord(id, incarnation, process, intervalMs).Next(Noon, false, toleranceMs).ToArray();
}
