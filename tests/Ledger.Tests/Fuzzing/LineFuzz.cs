using Ledger.Log;
using Ledger.Model;
using Ledger.Tests.Log;
using Xunit.Abstractions;

namespace Ledger.Tests.Fuzzing;

public sealed class LineFuzz(ITestOutputHelper output)
{
    [Fact]
    public Task A_line_is_an_entry_that_survives_writing_or_is_skipped_with_a_reason() => new Campaign(output).RunAsync(5_000, lottery =>
    {
        var line = new Mutator(lottery).Mutate(Lines.Corpus[lottery.Below(Lines.Corpus.Count)], Lines.Corpus);
        if (lottery.Below(4) != 0) line = Lines.Sealed(line);
        var oversized = line.Length > LogLimits.LineBytes;
        if (oversized) line = line[..LogLimits.LineBytes];
        var (verdict, entry, fault) = (LineVerdict.Bad, (Entry?)null, (string?)null);
        Campaign.Bounded(line.Length, () => verdict = EntryCodec.Read(line, oversized, out entry, out fault));

        Assert.Equal(verdict == LineVerdict.Entry, entry is not null);
        Assert.Equal(verdict == LineVerdict.Entry, fault is null);
        if (entry is null) return;
        Assert.Equal(LineVerdict.Entry, EntryCodec.Read(Rewritten(entry, line), false, out var again, out _));
        Assert.Equal(Lines.Spelt(entry), Lines.Spelt(again!));
    });

    [Fact]
    public Task Whatever_is_written_is_read_as_it_was() => new Campaign(output).RunAsync(2_000, lottery =>
    {
        var entry = new Samples(lottery.Next()).Entry((EntryType)lottery.Below(Enum.GetValues<EntryType>().Length));
        Assert.Equal(LineVerdict.Entry, EntryCodec.Read(Lines.Of(entry), false, out var read, out _));
        Assert.Equal(Lines.Spelt(entry), Lines.Spelt(read!));
    });

    /// <summary>What is torn is known by its bytes: a writer that was cut off leaves the beginning of a line.</summary>
    [Fact]
    public Task The_beginning_of_a_line_is_never_an_entry_and_never_looks_foreign() => new Campaign(output).RunAsync(5_000, lottery =>
    {
        var line = Lines.Corpus[lottery.Below(Lines.Corpus.Count)];
        var length = 1 + lottery.Below(line.Length - 1);
        Assert.Equal(LineVerdict.Torn, EntryCodec.Read(line.AsSpan(0, length), false, out _, out _));
    });

    /// <summary>Control characters grow when they are escaped; a line that would be too long then is written by nobody.</summary>
    private static byte[] Rewritten(Entry entry, byte[] line)
    {
        try
        {
            return Lines.Of(entry);
        }
        catch (LedgerException)
        {
            return line;
        }
    }
}
