using Ledger.Log;
using Ledger.Tests.Platform;

namespace Ledger.Tests.Log;

/// <summary>What every log promises about its end: archiving and pruning.</summary>
public abstract partial class LogContract
{
    private const int QuietReadsUntilNoticed = 100;

    [ContractFact]
    public void An_archived_log_reads_on_at_the_same_place_and_still_takes_records()
    {
        using var log = Created();
        log.Skip();
        log.AppendSurely(LogTesting.Lines("a"));
        Assert.Equal(Id, OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1")));
        Assert.Equal(["a"], log.ReadLines());
        log.AppendSurely(LogTesting.Lines("b"));
        Assert.Equal(["b"], log.ReadLines());
        for (var i = 0; i < QuietReadsUntilNoticed && !log.IsArchived; i++) log.Skip();
        Assert.True(log.IsArchived);
        Assert.Empty(OpenStore().ListLive());
        Assert.Equal([Id], OpenStore().ListArchived());

        using var byId = Opened();
        using var byName = OpenStore().TryOpenArchived(Id)!;
        Assert.True(byId.IsArchived && byName.IsArchived);
        Assert.Equal([LogTesting.GenesisLine("n1"), "a", "b"], byId.ReadLines());
        Assert.Equal([LogTesting.GenesisLine("n1"), "a", "b"], byName.ReadLines());
    }

    [ContractFact]
    public void Nothing_is_lost_or_doubled_while_a_log_is_archived_under_writers_and_readers()
    {
        const int Writers = 3;
        using (Created()) { }
        using var begun = new CountdownEvent(Writers);
        var seen = Race.Run(Writers + 2, racer =>
        {
            using var log = Opened();
            if (racer == Writers)
            {
                Assert.True(begun.Wait(TimeSpan.FromSeconds(30)));
                Assert.Equal(Id, OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1")));
            }
            for (var i = 0; i < Each && racer < Writers; i++)
            {
                log.AppendSurely(LogTesting.Lines($"{racer}-{i}"));
                if (i == Each / 4) begun.Signal();
            }
            var lines = new List<string>();
            while (racer >= Writers && lines.Count < (Writers * Each) + 1) lines.AddRange(log.ReadLines());
            return lines;
        });
        using var late = Opened();
        var all = late.ReadLines();
        Assert.Equal((Writers * Each) + 1, all.Distinct().Count());
        Assert.Equal(all, seen[Writers]);
        Assert.Equal(all, seen[Writers + 1]);
    }

    [ContractFact]
    public void Of_many_racing_archivers_one_moves_the_log()
    {
        for (var round = 0; round < 20; round++)
        {
            var (id, nonce) = ($"op-{round}", $"n{round}");
            Assert.True(OpenStore().TryCreate(id, LogTesting.Genesis(nonce)));
            var names = Race.Run(4, _ => OpenStore().TryArchive(id, nonce, LogTesting.HasNonce(nonce)));
            Assert.Equal(id, Assert.Single(names, name => name is not null));
            using var log = OpenStore().TryOpenArchived(id)!;
            Assert.Equal([LogTesting.GenesisLine(nonce)], log.ReadLines());
        }
    }

    [ContractFact]
    public void A_second_log_of_the_same_id_gets_a_folder_with_its_nonce_and_is_found_first()
    {
        using (Created("n1")) OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1"));
        using (var second = Created("n2")) Assert.False(second.IsArchived);
        Assert.Equal($"{Id}~n2", OpenStore().TryArchive(Id, "n2", LogTesting.HasNonce("n2")));
        Assert.Equal([Id, $"{Id}~n2"], OpenStore().ListArchived().Order());
        using var newest = Opened();
        using var older = OpenStore().TryOpenArchived(Id)!;
        Assert.Equal([LogTesting.GenesisLine("n2")], newest.ReadLines());
        Assert.Equal([LogTesting.GenesisLine("n1")], older.ReadLines());
    }

    [ContractFact]
    public void A_log_that_is_not_the_one_meant_stays_where_it_is()
    {
        using (Created("n2")) { }
        Assert.Null(OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1")));
        using var log = Opened();
        Assert.False(log.IsArchived);
        Assert.Equal([LogTesting.GenesisLine("n2")], log.ReadLines());
    }

    [ContractFact]
    public void An_archiver_that_overslept_a_new_creation_puts_back_what_it_moved()
    {
        using var first = Created("n1");
        first.Skip();
        IOperationLog? second = null;
        var asked = 0;
        var moved = OpenStore().TryArchive(Id, "n1", log =>
        {
            if (asked++ > 0) return LogTesting.HasNonce("n1")(log);
            // Between its question and its move another archiver was faster, and the id is used again.
            Assert.Equal(Id, OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1")));
            second = Created("n2");
            return true;
        });
        using (second)
        {
            Assert.Null(moved);
            Assert.Equal([Id], OpenStore().ListLive());
            Assert.NotNull(second);
            second.Skip();
            second.AppendSurely(LogTesting.Lines("second goes on"));
            first.AppendSurely(LogTesting.Lines("first goes on"));
            Assert.Equal(["second goes on"], second.ReadLines());
            Assert.Equal(["first goes on"], first.ReadLines());
            Assert.Equal(LogReadStatus.AtEnd, second.Skip());
        }
        using var live = Opened();
        Assert.Equal([LogTesting.GenesisLine("n2"), "second goes on"], live.ReadLines());
        using var archived = OpenStore().TryOpenArchived(Id)!;
        Assert.Equal([LogTesting.GenesisLine("n1"), "first goes on"], archived.ReadLines());
    }

    [ContractFact]
    public void An_archiver_that_comes_too_late_leaves_no_empty_place()
    {
        using var log = Created("n1");
        Assert.Null(OpenStore().TryArchive(Id, "n2", _ =>
        {
            // Between its question and its move another one was faster.
            Assert.Equal(Id, OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1")));
            return true;
        }));
        Assert.Equal([Id], OpenStore().ListArchived());
    }

    [ContractFact]
    public void A_writer_that_slept_through_archiving_and_a_new_creation_is_not_heard_there()
    {
        using var first = Created("n1");
        first.Skip();
        OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1"));
        using var second = Created("n2");
        first.AppendSurely(LogTesting.Lines("late"));
        second.Skip();
        second.AppendSurely(LogTesting.Lines("own"));
        Assert.Equal(["own"], second.ReadLines());
        Assert.Equal(["late"], first.ReadLines());
    }

    [ContractFact]
    public void A_pruned_log_is_gone_for_readers_and_writers()
    {
        using var log = Created();
        log.Skip();
        log.AppendSurely(LogTesting.Lines("a"));
        log.Skip();
        OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1"));
        OpenStore().DeleteArchived(Id, LogTesting.HasNonce("n1"));
        Assert.Equal(AppendStatus.Gone, log.Append(LogTesting.Lines("late")).Status);
        log.Skip();
        Assert.Equal(LogReadStatus.Gone, log.Skip());
        Assert.Null(OpenStore().TryOpen(Id));
        Assert.Empty(OpenStore().ListArchived());
    }

    [ContractFact]
    public void A_pruned_log_is_gone_even_when_its_id_is_used_again()
    {
        using var log = Created("n1");
        log.Skip();
        OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1"));
        OpenStore().DeleteArchived(Id, LogTesting.HasNonce("n1"));
        using var second = Created("n2");
        Assert.Equal(AppendStatus.Gone, log.Append(LogTesting.Lines("late")).Status);
        Assert.Equal([LogTesting.GenesisLine("n2")], second.ReadLines());
        Assert.Equal(LogReadStatus.AtEnd, second.Skip());
    }

    [ContractFact]
    public void A_pruner_that_overslept_deletes_no_later_history_of_the_same_name()
    {
        foreach (var nonce in new[] { "n1", "n2" })
        {
            using var log = Created(nonce);
            log.Skip();
            log.AppendSurely(LogTesting.Lines($"of {nonce}"));
            OpenStore().TryArchive(Id, nonce, LogTesting.HasNonce(nonce));
            if (nonce == "n1") OpenStore().DeleteArchived(Id, LogTesting.HasNonce("n1"));
        }

        OpenStore().DeleteArchived(Id, LogTesting.HasNonce("n1")); // judged when the first lay there

        using var kept = OpenStore().TryOpen(Id)!;
        Assert.Equal([LogTesting.GenesisLine("n2"), "of n2"], kept.ReadLines());
        Assert.Equal([Id], OpenStore().ListArchived());
    }
}
