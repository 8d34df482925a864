using Ledger.Log;
using Ledger.Tests.Platform;

namespace Ledger.Tests.Log;

/// <summary>Says which log a class of contract tests is about.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ContractOfAttribute(Type log) : Attribute
{
    public Type Log => log;
}

/// <summary>What every log promises, whatever carries it: reading and appending.</summary>
public abstract partial class LogContract : IDisposable
{
    private protected const string Id = "op-1";

    /// <summary>The store as one process sees it; each call is another process.</summary>
    private protected abstract ILogStore OpenStore();

    /// <summary>Records of each writer, where many race.</summary>
    private protected virtual int Each => 150;

    public virtual void Dispose() => GC.SuppressFinalize(this);

    private protected IOperationLog Created(string nonce = "n1")
    {
        Assert.True(OpenStore().TryCreate(Id, LogTesting.Genesis(nonce)));
        return Opened();
    }

    private protected IOperationLog Opened() => Assert.IsAssignableFrom<IOperationLog>(OpenStore().TryOpen(Id));

    [ContractFact]
    public void A_log_begins_with_the_line_it_was_created_with()
    {
        using var log = Created();
        Assert.Equal(Id, log.OperationId);
        Assert.False(log.IsArchived);
        Assert.Equal([LogTesting.GenesisLine("n1")], log.ReadLines());
        Assert.Empty(log.ReadLines());
        Assert.Equal(LogReadStatus.AtEnd, log.Skip());
    }

    [ContractFact]
    public void A_log_that_was_never_created_is_absent()
    {
        var store = OpenStore();
        Assert.Null(store.TryOpen(Id));
        Assert.Null(store.TryOpenArchived(Id));
        Assert.Empty(store.ListLive());
        Assert.Empty(store.ListArchived());
        Assert.Null(store.TryArchive(Id, "n1", _ => true));
        store.DeleteArchived(Id, LogTesting.HasNonce("n1"));
    }

    [ContractFact]
    public void Of_many_racing_creators_one_wins_and_its_line_stands()
    {
        for (var round = 0; round < 50; round++)
        {
            var id = $"op-{round}";
            var won = Race.Run(8, racer => OpenStore().TryCreate(id, LogTesting.Genesis($"n{racer}")));
            Assert.Equal(1, won.Count(w => w));
            using var log = OpenStore().TryOpen(id)!;
            Assert.Equal([LogTesting.GenesisLine($"n{Array.IndexOf(won, true)}")], log.ReadLines());
        }
        Assert.Equal(50, OpenStore().ListLive().Count);
    }

    [ContractFact]
    public void All_readers_see_every_record_once_and_in_one_order()
    {
        const int Writers = 4, Readers = 3;
        using (Created()) { }
        var seen = Race.Run(Writers + Readers, racer =>
        {
            using var log = Opened();
            if (racer < Writers)
            {
                for (var i = 0; i < Each; i++) log.AppendSurely(LogTesting.Lines($"{racer}-{i}-a", $"{racer}-{i}-b"));
                return [];
            }
            var lines = new List<string>();
            while (lines.Count < (Writers * Each * 2) + 1) lines.AddRange(log.ReadLines());
            return lines;
        })[Writers..];
        Assert.All(seen, lines => Assert.Equal(seen[0], lines));
        Assert.Equal(seen[0].Count, seen[0].Distinct().Count());
        for (var writer = 0; writer < Writers; writer++)
        {
            var expected = Enumerable.Range(0, Each).SelectMany(i => new[] { $"{writer}-{i}-a", $"{writer}-{i}-b" });
            Assert.Equal(expected, seen[0].Where(line => line.StartsWith($"{writer}-", StringComparison.Ordinal)));
        }
        using var late = Opened();
        Assert.Equal(seen[0], late.ReadLines());
    }

    [ContractFact]
    public void Blank_lines_are_not_delivered()
    {
        using var log = Created();
        log.Skip();
        log.AppendSurely("\n"u8.ToArray());
        log.Skip();
        log.AppendSurely(LogTesting.Lines("a", "", "b"));
        log.Skip();
        log.AppendSurely("\n\n\n"u8.ToArray());
        using var other = Opened();
        Assert.Equal([LogTesting.GenesisLine("n1"), "a", "b"], other.ReadLines());
        Assert.Equal(LogReadStatus.AtEnd, other.Skip());
    }

    [ContractFact]
    public void A_line_over_the_limit_is_delivered_cut_and_marked_and_one_at_the_limit_whole()
    {
        using var log = Created();
        log.Skip();
        var fits = new string('f', LogLimits.LineBytes);
        log.AppendSurely(LogTesting.Lines("before", fits, fits + "!", "behind"));
        var lines = new List<(int Length, byte First, bool Oversized)>();
        log.Read((line, _, oversized) => lines.Add((line.Length, line[0], oversized)));
        const int Limit = LogLimits.LineBytes;
        Assert.Equal(
            [(6, (byte)'b', false), (Limit, (byte)'f', false), (Limit, (byte)'f', true), (6, (byte)'b', false)], lines);
    }

    [ContractFact]
    public void Bytes_that_are_no_text_come_out_as_they_went_in()
    {
        using var log = Created();
        log.Skip();
        var garbage = new string([.. Enumerable.Range(0, 256).Where(b => b != '\n').Select(b => (char)b)]);
        log.AppendSurely(LogTesting.Lines(garbage, "text"));
        Assert.Equal([garbage, "text"], log.ReadLines());
    }

    [ContractFact]
    public void A_record_of_the_greatest_length_is_taken_and_a_longer_or_open_one_refused()
    {
        using var log = Created();
        log.Skip();
        var longest = new byte[LogLimits.RecordBytes];
        Array.Fill(longest, (byte)'x');
        longest[0] = longest[^1] = (byte)'\n';
        log.AppendSurely(longest);
        log.Skip();
        Assert.Throws<ArgumentException>(() => log.Append([.. longest, (byte)'\n']));
        Assert.Throws<ArgumentException>(() => log.Append("\nopen"u8));
        Assert.Throws<ArgumentException>(() => log.Append("no newline before\n"u8));
        Assert.Throws<ArgumentException>(() => log.Append([]));
        Assert.Throws<ArgumentException>(() => OpenStore().TryCreate("op-2", "open"u8));
        Assert.Null(OpenStore().TryOpen("op-2"));
    }

    [ContractFact]
    public void A_line_tells_where_it_stands()
    {
        using var log = Created();
        log.Skip();
        log.AppendSurely(LogTesting.Lines("one", "two"));
        var places = new List<LinePlace>();
        log.Read((_, place, _) => places.Add(place));
        Assert.Equal(2, places.Count);
        Assert.Equal(places[0].Path, places[1].Path);
        Assert.Equal(4, places[1].Offset - places[0].Offset);
    }
}
