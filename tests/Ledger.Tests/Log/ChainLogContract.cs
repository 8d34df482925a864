using System.Text;
using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;
using Ledger.Tests.Platform;

namespace Ledger.Tests.Log;

/// <summary>What a chain makes of its directory.</summary>
public abstract class ChainLogContract : FileLogContract
{
    private readonly Func<IDisk> _disk;

    private protected ChainLogContract(Func<IDisk> disk, string? parent, string? otherWay = null) : base(parent, otherWay) => _disk = disk;

    private string Live => Path.Combine(Layout.Operations, $"{Id}.log");

    private protected override ILogStore OpenStore() => OpenStore(_disk());

    private ChainLogStore OpenStore(IDisk disk, bool flushes = false)
    {
        var layout = NextLayout;
        return new ChainLogStore(disk, layout.Operations, layout.Backup, TimeProvider.System,
            new ChainLogOptions(Flush: false, TimeSpan.Zero) { FlushNames = flushes });
    }

    [ContractFact]
    public void A_name_that_could_not_be_flushed_is_never_answered_as_written()
    {
        var disk = new InterruptedDisk(_disk());
        var store = OpenStore(disk, flushes: true);
        Assert.True(store.TryCreate(Id, LogTesting.Genesis("n1")));
        using var log = store.TryOpen(Id)!;
        log.Skip();
        disk.FailFlush = new LedgerStorageException(Live, "the disk is broken");
        Assert.Same(disk.FailFlush, Assert.Throws<LedgerStorageException>(() => log.Append(LogTesting.Lines("a"))));
        disk.FailFlush = null;
        // It is there all the same, once, and the next one stands behind it.
        Assert.Equal(AppendStatus.Behind, log.Append(LogTesting.Lines("b")).Status);
        Assert.Equal(["a"], log.ReadLines());
        Assert.Equal(AppendStatus.Written, log.Append(LogTesting.Lines("b")).Status);
        Assert.Equal(["b"], log.ReadLines());
    }

    [ContractFact]
    public void Entries_are_files_with_number_and_nonce_beside_a_mark_with_the_nonce()
    {
        using var log = Created();
        log.Skip();
        log.AppendSurely(LogTesting.Lines("a"));
        log.Skip();
        log.AppendSurely(LogTesting.Lines("b"));
        Assert.Equal(["0000000001.json", "0000000002~n1.json", "0000000003~n1.json", "~n1"], NamesIn(Live));
    }

    [ContractFact]
    public void Whoever_has_not_read_all_is_behind_and_writes_nothing()
    {
        using var log = Created();
        using var other = Opened();
        Assert.Equal(AppendStatus.Behind, log.Append(LogTesting.Lines("too early")).Status);
        log.Skip();
        other.Skip();
        Assert.Equal(AppendStatus.Written, log.Append(LogTesting.Lines("a")).Status);
        Assert.Equal(AppendStatus.Behind, log.Append(LogTesting.Lines("a")).Status);
        Assert.Equal(AppendStatus.Behind, other.Append(LogTesting.Lines("b")).Status);
        Assert.Equal(["a"], other.ReadLines());
        Assert.Equal(AppendStatus.Written, other.Append(LogTesting.Lines("b")).Status);
        Assert.Equal(["a", "b"], log.ReadLines());
    }

    [ContractFact]
    public void A_directory_without_a_first_entry_is_no_log_and_can_become_one()
    {
        Directory.CreateDirectory(Live);
        Assert.Null(OpenStore().TryOpen(Id));
        using var log = Created();
        Assert.Equal([LogTesting.GenesisLine("n1")], log.ReadLines());
    }

    [ContractFact]
    public void Files_of_another_nonce_and_dot_names_are_not_heard()
    {
        using var log = Created();
        log.Skip();
        string[] foreign =
            ["0000000002~zombie.json", ".0000000002~n1.json", ".fuse_hidden01", "0000000002.json", ".x.tmp"];
        foreach (var name in foreign)
            File.WriteAllText(Path.Combine(Live, name), "\nzombie\n");
        Assert.Empty(log.ReadLines());
        Assert.Equal(AppendStatus.Written, log.Append(LogTesting.Lines("a")).Status);
        Assert.Equal(["a"], log.ReadLines());
    }

    [ContractFact]
    public void A_read_error_is_not_skipped()
    {
        using var log = Created();
        log.Skip();
        var second = Path.Combine(Live, "0000000002~n1.json");
        Directory.CreateDirectory(second);
        File.WriteAllText(Path.Combine(Live, "0000000003~n1.json"), "\nthird\n");
        Assert.Equal(second, Assert.Throws<LedgerStorageException>(() => log.Skip()).Path);
        Assert.Throws<LedgerStorageException>(() => log.Skip());
        Directory.Delete(second);
        File.WriteAllText(second, "\nsecond\n");
        Assert.Equal(["second", "third"], log.ReadLines());
    }

    [ContractFact]
    public void An_entry_that_is_far_too_large_is_skipped_by_everyone_alike()
    {
        using var log = Created();
        log.Skip();
        File.WriteAllBytes(Path.Combine(Live, "0000000002~n1.json"), new byte[LogLimits.RecordBytes + 1]);
        File.WriteAllText(Path.Combine(Live, "0000000003~n1.json"), "\nthird\n");
        var lines = new List<(int, bool)>();
        log.Read((line, _, oversized) => lines.Add((line.Length, oversized)));
        Assert.Equal([(0, true), (5, false)], lines);
    }

    [ContractFact]
    public void A_first_entry_without_a_usable_nonce_is_refused()
    {
        string[] unusable =
            ["{}", "[1]", "{\"nonce\":1.5}", "{\"nonce\":\"../x\"}", "{\"a\":{\"nonce\":\"n\"}}", "tor"];
        foreach (var genesis in unusable.Select(line => Encoding.UTF8.GetBytes(line + "\n")))
            Assert.Throws<ArgumentException>(() => OpenStore().TryCreate(Id, genesis));
        Directory.CreateDirectory(Live);
        File.WriteAllText(Path.Combine(Live, "0000000001.json"), "garbage\n");
        Assert.Throws<LedgerStorageException>(() => OpenStore().TryOpen(Id));
    }

    [ContractFact]
    public void A_publisher_that_overslept_archiving_and_a_new_creation_leaves_nothing_there()
    {
        var disk = new InterruptedDisk(_disk());
        using var log = Created("n1");
        log.Skip();
        using var sleeper = OpenStore(disk).TryOpen(Id)!;
        sleeper.Skip();
        IOperationLog? second = null;
        disk.BeforePublish = () =>
        {
            OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1"));
            second = Created("n2");
        };
        Assert.Equal(AppendStatus.Written, sleeper.Append(LogTesting.Lines("late")).Status);
        using (second) Assert.Equal([LogTesting.GenesisLine("n2")], second!.ReadLines());
        Assert.Equal(["0000000001.json", "~n2"], NamesIn(Live));
        Assert.True(sleeper.IsArchived);
        Assert.Equal(["late"], log.ReadLines());
        Assert.Equal(["late"], sleeper.ReadLines());
    }

    [ContractFact]
    public void A_publisher_whose_log_is_archived_behind_its_back_is_told_that_it_wrote()
    {
        var disk = new InterruptedDisk(_disk());
        using (Created("n1")) { }
        using var log = OpenStore(disk).TryOpen(Id)!;
        log.Skip();
        disk.AfterPublish = () => OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1"));
        Assert.Equal(AppendStatus.Written, log.Append(LogTesting.Lines("a")).Status);
        Assert.Equal(["a"], log.ReadLines());
        Assert.True(log.IsArchived);
        Assert.Equal(LogReadStatus.AtEnd, log.Skip());
    }

    [ContractFact]
    public void What_a_late_publisher_left_in_a_later_log_is_not_read_as_its_own()
    {
        using var log = Created("n1");
        using var other = OpenStore().TryOpen(Id)!;
        log.Skip();
        other.Skip();
        Assert.Equal(AppendStatus.Written, other.Append(LogTesting.Lines("a")).Status);
        OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1"));
        Created("n2").Dispose();
        // A writer killed between publishing and looking where its log is.
        File.WriteAllBytes(Path.Combine(Live, "0000000002~n1.json"), LogTesting.Lines("late"));

        Assert.Equal(["a"], log.ReadLines());
        Assert.True(log.IsArchived);
    }

    [ContractFact]
    public void What_was_published_stays_when_its_log_is_moved_by_mistake_and_put_back()
    {
        var disk = new InterruptedDisk(_disk());
        using var reader = Created("n1");
        reader.Skip();
        Assert.Equal(AppendStatus.Written, reader.Append(LogTesting.Lines("a")).Status);
        reader.Skip();
        using var log = OpenStore(disk).TryOpen(Id)!;
        log.Skip();
        var moved = Path.Combine(Layout.Backup, Id, "log");
        disk.AfterPublish = () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(moved)!);
            Directory.Move(Live, moved);
            disk.AfterLook = (path, found) =>
            {
                if (!found || !path.Contains(Path.Combine(Id, "log"), StringComparison.Ordinal)) return;
                disk.AfterLook = null;
                Directory.Move(moved, Live);
                Assert.Equal(["b"], reader.ReadLines());
                Assert.Equal(AppendStatus.Written, reader.Append(LogTesting.Lines("c")).Status);
            };
        };
        Assert.Equal(AppendStatus.Written, log.Append(LogTesting.Lines("b")).Status);
        Assert.Null(disk.AfterLook);
        Assert.Empty(disk.Deleted);
        Assert.Equal(["b", "c"], log.ReadLines());
        using var late = OpenStore().TryOpen(Id)!;
        Assert.Equal([LogTesting.GenesisLine("n1"), "a", "b", "c"], late.ReadLines());
    }

    [ContractFact]
    public void A_publisher_that_overslept_pruning_and_a_new_creation_is_told_that_the_log_is_gone()
    {
        var disk = new InterruptedDisk(_disk());
        using (Created("n1")) { }
        using var log = OpenStore(disk).TryOpen(Id)!;
        log.Skip();
        disk.BeforePublish = () =>
        {
            OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1"));
            OpenStore().DeleteArchived(Id, LogTesting.HasNonce("n1"));
            Created("n2").Dispose();
        };
        Assert.Equal(AppendStatus.Gone, log.Append(LogTesting.Lines("late")).Status);
        Assert.Equal(["0000000001.json", "~n2"], NamesIn(Live));
        Assert.Equal(LogReadStatus.Gone, log.Skip());
    }

    [ContractFact]
    public void What_another_late_publisher_left_in_a_later_log_does_not_make_it_this_one()
    {
        var disk = new InterruptedDisk(_disk());
        using (Created("n1")) { }
        using var first = OpenStore(disk).TryOpen(Id)!;
        using var second = OpenStore().TryOpen(Id)!;
        first.Skip();
        second.Skip();
        Assert.Equal(AppendStatus.Written, second.Append(LogTesting.Lines("a")).Status);
        Assert.Equal(["a"], second.ReadLines());
        AppendStatus? ofSecond = null;
        disk.BeforePublish = () =>
        {
            OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1"));
            OpenStore().DeleteArchived(Id, LogTesting.HasNonce("n1"));
            Created("n2").Dispose();
        };
        // The one has just published the very name that the other read last, and has not looked where its log is yet.
        disk.AfterPublish = () => ofSecond = second.Append(LogTesting.Lines("lost")).Status;

        Assert.Equal(AppendStatus.Gone, first.Append(LogTesting.Lines("late")).Status);
        Assert.Equal(AppendStatus.Gone, ofSecond);
        Assert.Equal(LogReadStatus.Gone, second.Skip());
        Assert.Equal(["0000000001.json", "~n2"], NamesIn(Live));
    }

    [ContractFact]
    public void A_chain_without_its_mark_is_told_by_its_first_entry()
    {
        using var log = Created("n1");
        log.Skip();
        Directory.Delete(Path.Combine(Live, "~n1"));
        Assert.Equal(AppendStatus.Written, log.Append(LogTesting.Lines("a")).Status);
        Assert.Equal(["a"], log.ReadLines());
        OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1"));
        Assert.Equal(AppendStatus.Written, log.Append(LogTesting.Lines("b")).Status);
        Assert.Equal(["b"], log.ReadLines());
    }

    [ContractFact]
    public void A_chain_is_whole_before_it_has_its_name()
    {
        var disk = new InterruptedDisk(_disk());
        disk.AfterPublish = () => Assert.False(Directory.Exists(Live));
        Assert.True(OpenStore(disk).TryCreate(Id, LogTesting.Genesis("n1")));
        Assert.Null(disk.AfterPublish);
        Assert.Equal([$"{Id}.log"], AllNamesIn(Layout.Operations));
    }

    [ContractFact]
    public void A_creator_that_comes_too_late_leaves_nothing_behind()
    {
        var disk = new InterruptedDisk(_disk());
        disk.AfterPublish = () => Created("n2").Dispose();
        Assert.False(OpenStore(disk).TryCreate(Id, LogTesting.Genesis("n1")));
        Assert.Equal(["0000000001.json", "~n2"], NamesIn(Live));
        Assert.Equal([$"{Id}.log"], AllNamesIn(Layout.Operations));
    }

    [ContractFact]
    public void A_creator_whose_reply_is_lost_finds_that_it_was_the_one()
    {
        var disk = new InterruptedDisk(_disk())
        {
            AfterMove = () => throw new LedgerStorageException("reply", "lost"),
        };
        Assert.True(OpenStore(disk).TryCreate(Id, LogTesting.Genesis("n1")));
        using var log = Opened();
        Assert.Equal([LogTesting.GenesisLine("n1")], log.ReadLines());
    }

    [ContractFact]
    public void A_directory_with_nothing_but_marks_can_become_a_log()
    {
        Directory.CreateDirectory(Path.Combine(Live, "~n1"));
        Assert.Null(OpenStore().TryOpen(Id));
        using var log = Created("n2");
        Assert.Equal([LogTesting.GenesisLine("n2")], log.ReadLines());
        Assert.Equal(["0000000001.json", "~n2"], NamesIn(Live));
    }

    [ContractFact]
    public void What_is_no_log_is_left_alone_and_named()
    {
        Directory.CreateDirectory(Live);
        File.WriteAllText(Path.Combine(Live, "notes.txt"), "mine");
        Assert.EndsWith($"{Id}.log", Assert.Throws<LedgerStorageException>(() => Created("n1")).Path, StringComparison.Ordinal);
        Assert.Equal([$"{Id}.log"], AllNamesIn(Layout.Operations));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(Live, "notes.txt")));
    }

    [ContractFact]
    public void A_deletion_that_was_cut_off_anywhere_is_finished_by_the_next()
    {
        for (var step = 0; ; step++)
        {
            using (var log = Created("n1"))
            {
                log.Skip();
                log.AppendSurely(LogTesting.Lines("a"));
            }
            Assert.Equal(Id, OpenStore().TryArchive(Id, "n1", LogTesting.HasNonce("n1")));
            var disk = new InterruptedDisk(_disk()) { RemovalsLeft = step };
            var isWhole = Record.Exception(() => OpenStore(disk).DeleteArchived(Id, LogTesting.HasNonce("n1"))) is null;
            OpenStore().DeleteArchived(Id, LogTesting.HasNonce("n1"));
            OpenStore().DeleteArchived(Id, LogTesting.HasNonce("n1"));
            Assert.Empty(AllNamesIn(Layout.Backup));
            if (isWhole) break;
        }
    }

    [ContractFact]
    public void A_lost_reply_is_recognised_by_what_lies_there()
    {
        var disk = new InterruptedDisk(_disk());
        using (Created("n1")) { }
        using var log = OpenStore(disk).TryOpen(Id)!;
        log.Skip();
        disk.AfterPublish = () => throw new LedgerStorageException("reply", "lost");
        var result = log.Append(LogTesting.Lines("a"));
        Assert.Equal(AppendStatus.Unknown, result.Status);
        Assert.Equal(["a"], log.ReadLines());
    }

    private static IEnumerable<string?> NamesIn(string directory) =>
        Directory.GetFileSystemEntries(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    /// <summary>Those that begin with a dot, too.</summary>
    private static IEnumerable<string?> AllNamesIn(string directory) => Directory
        .EnumerateFileSystemEntries(directory, "*", new EnumerationOptions { AttributesToSkip = 0 }).Select(Path.GetFileName);
}
