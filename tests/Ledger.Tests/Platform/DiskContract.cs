using System.IO.Abstractions;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Tests.Platform;

/// <summary>What every disk promises.</summary>
public abstract class DiskContract : IDisposable
{
    private protected DiskContract(Func<IDisk> create, string? parent = null)
    {
        Scratch = new ScratchDirectory(parent);
        Disk = create();
    }

    private protected ScratchDirectory Scratch { get; }

    private protected IDisk Disk { get; }

    public void Dispose()
    {
        Scratch.Dispose();
        GC.SuppressFinalize(this);
    }

    [ContractFact]
    public void A_published_file_has_all_of_its_content_and_leaves_nothing_else()
    {
        Assert.True(Disk.TryPublish(Scratch["a"], "content"u8, flush: true));
        Assert.Equal("content"u8.ToArray(), Disk.ReadAll(Scratch["a"], 100));
        Assert.Equal(["a"], Directory.GetFileSystemEntries(Scratch.Root).Select(Path.GetFileName));
    }

    [ContractFact]
    public void Publishing_under_a_taken_name_is_refused_and_changes_nothing()
    {
        Assert.True(Disk.TryPublish(Scratch["a"], "first"u8, flush: false));
        Assert.False(Disk.TryPublish(Scratch["a"], "other"u8, flush: false));
        Assert.Equal("first"u8.ToArray(), Disk.ReadAll(Scratch["a"], 100));
        Assert.Equal(["a"], Directory.GetFileSystemEntries(Scratch.Root).Select(Path.GetFileName));
    }

    [ContractFact]
    public void Publishing_the_same_content_again_is_recognised_as_a_lost_reply()
    {
        Assert.True(Disk.TryPublish(Scratch["a"], "first"u8, flush: false));
        Assert.True(Disk.TryPublish(Scratch["a"], "first"u8, flush: false));
    }

    [ContractFact]
    public void A_directory_takes_a_name_too()
    {
        Disk.CreateDirectory(Scratch["a"]);
        Assert.False(Disk.TryPublish(Scratch["a"], "x"u8, flush: false));
    }

    [ContractFact]
    public void Of_many_racing_publishers_one_wins()
    {
        for (var round = 0; round < 200; round++)
        {
            var path = Scratch[$"{round}"];
            var won = Race.Run(4, racer => Disk.TryPublish(path, [(byte)racer], flush: false));
            var winner = Array.IndexOf(won, true);
            Assert.Equal(1, won.Count(w => w));
            Assert.Equal((byte)winner, Assert.Single(Disk.ReadAll(path, 10)!));
        }
        Assert.Equal(200, Directory.GetFileSystemEntries(Scratch.Root).Length);
    }

    [ContractFact]
    public void Publishing_into_a_missing_directory_fails_with_path_and_cause()
    {
        var error = Assert.Throws<LedgerStorageException>(() => Disk.TryPublish(Scratch["no/a"], "x"u8, false));
        Assert.Equal(Scratch["no/a"], error.Path);
        Assert.StartsWith("Cannot ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [ContractFact]
    public void Replace_creates_and_overwrites()
    {
        Disk.Replace(Scratch["a"], "one"u8);
        Disk.Replace(Scratch["a"], "two, longer"u8);
        Assert.Equal("two, longer"u8.ToArray(), Disk.ReadAll(Scratch["a"], 100));
        Assert.Equal(["a"], Directory.GetFileSystemEntries(Scratch.Root).Select(Path.GetFileName));
    }

    [ContractFact]
    public void A_missing_file_or_parent_is_absent()
    {
        Disk.Replace(Scratch["file"], "x"u8);
        Assert.Null(Disk.ReadAll(Scratch["no"], 10));
        Assert.Null(Disk.ReadAll(Scratch["no/no"], 10));
        Assert.Null(Disk.ReadAll(Scratch["file/no"], 10));
        Assert.Null(Disk.Look(Scratch["no"]));
        Assert.Null(Disk.Look(Scratch["file/no"]));
        Assert.Null(Disk.List(Scratch["no"]));
    }

    [ContractFact]
    public void A_file_over_the_limit_is_a_failure_and_one_at_the_limit_is_not()
    {
        Disk.Replace(Scratch["a"], new byte[5000]);
        Assert.Equal(5000, Disk.ReadAll(Scratch["a"], 5000)!.Length);
        Assert.Throws<LedgerStorageException>(() => Disk.ReadAll(Scratch["a"], 4999));
    }

    [ContractFact]
    public void A_directory_or_a_link_is_not_read_as_a_file()
    {
        Disk.CreateDirectory(Scratch["dir"]);
        Disk.Replace(Scratch["target"], "x"u8);
        File.CreateSymbolicLink(Scratch["link"], Scratch["target"]);
        Assert.Throws<LedgerStorageException>(() => Disk.ReadAll(Scratch["dir"], 10));
        Assert.Throws<LedgerStorageException>(() => Disk.ReadAll(Scratch["link"], 10));
        Assert.False(Disk.Look(Scratch["link"])!.Value.IsRegularFile);
        Assert.True(Disk.Look(Scratch["dir"])!.Value.IsDirectory);
        Assert.Equal(1, Disk.Look(Scratch["target"])!.Value.Length);
    }

    [ContractFact]
    public void A_file_or_a_link_is_not_listed_as_a_directory()
    {
        Disk.CreateDirectory(Scratch["dir"]);
        Disk.Replace(Scratch["file"], "x"u8);
        Directory.CreateSymbolicLink(Scratch["link"], Scratch["dir"]);
        Assert.Throws<LedgerStorageException>(() => Disk.List(Scratch["file"]));
        Assert.Throws<LedgerStorageException>(() => Disk.List(Scratch["link"]));
    }

    [ContractFact]
    public void Listing_leaves_out_dot_names_and_temporary_files_are_listed_apart()
    {
        foreach (var name in new[] { "a", ".b", ".nfs1", ".0123.tmp" }) File.WriteAllText(Scratch[name], "");
        Directory.CreateDirectory(Scratch["d"]);
        Assert.Equal(["a", "d"], Disk.List(Scratch.Root)!.Order());
        Assert.Equal([".0123.tmp"], Disk.ListTemporary(Scratch.Root));
    }

    [ContractFact]
    public void Moving_never_replaces_a_file_or_a_directory()
    {
        Disk.Replace(Scratch["a"], "a"u8);
        Disk.Replace(Scratch["b"], "b"u8);
        Disk.CreateDirectory(Scratch["c"]);
        Disk.CreateDirectory(Scratch["d"]);
        Disk.Replace(Scratch["d/x"], "x"u8);
        Assert.False(Disk.TryMove(Scratch["a"], Scratch["b"]));
        Assert.False(Disk.TryMove(Scratch["c"], Scratch["d"]));
        Assert.False(Disk.TryMove(Scratch["no"], Scratch["e"]));
        Assert.Equal("b"u8.ToArray(), Disk.ReadAll(Scratch["b"], 10));
        Assert.True(Disk.TryMove(Scratch["a"], Scratch["e"]));
        Assert.True(Disk.TryMove(Scratch["d"], Scratch["f"]));
        Assert.Equal("x"u8.ToArray(), Disk.ReadAll(Scratch["f/x"], 10));
        Assert.Null(Disk.Look(Scratch["a"]));
    }

    [ContractFact]
    public void Moving_into_a_missing_directory_is_a_failure_not_a_lost_race()
    {
        Disk.Replace(Scratch["a"], "a"u8);
        Assert.Throws<LedgerStorageException>(() => Disk.TryMove(Scratch["a"], Scratch["no/a"]));
    }

    [ContractFact]
    public void Of_many_racing_movers_one_wins()
    {
        for (var round = 0; round < 100; round++)
        {
            var (source, target) = (Scratch["source"], Scratch[$"to{round}"]);
            Disk.Replace(source, "x"u8);
            Assert.Equal(1, Race.Run(4, _ => Disk.TryMove(source, target)).Count(won => won));
        }
    }

    [ContractFact]
    public void Deleting_what_is_absent_is_no_error_and_a_full_directory_stays()
    {
        Disk.Delete(Scratch["no"]);
        Disk.Delete(Scratch["no/no"]);
        Disk.DeleteEmptyDirectory(Scratch["no"]);
        Disk.CreateDirectory(Scratch["d"]);
        Disk.Replace(Scratch["d/x"], "x"u8);
        Disk.DeleteEmptyDirectory(Scratch["d"]);
        Assert.NotNull(Disk.Look(Scratch["d/x"]));
        Disk.Delete(Scratch["d/x"]);
        Disk.DeleteEmptyDirectory(Scratch["d"]);
        Assert.Null(Disk.Look(Scratch["d"]));
    }

    [ContractFact]
    public void A_directory_is_created_only_beneath_an_existing_one()
    {
        Disk.CreateDirectory(Scratch["d"]);
        Disk.CreateDirectory(Scratch["d"]);
        Disk.Replace(Scratch["file"], "x"u8);
        Assert.Throws<LedgerStorageException>(() => Disk.CreateDirectory(Scratch["no/d"]));
        Assert.Throws<LedgerStorageException>(() => Disk.CreateDirectory(Scratch["file"]));
        Assert.False(Directory.Exists(Scratch["no"]));
    }

    [ContractFact]
    public void Who_makes_a_directory_and_who_deletes_it_do_not_disturb_each_other()
    {
        Race.Run(4, i =>
        {
            for (var round = 0; round < 500; round++)
            {
                if (i % 2 == 0) Disk.CreateDirectory(Scratch["d"]);
                else Disk.DeleteEmptyDirectory(Scratch["d"]);
            }
            return true;
        });
    }

    [ContractFact]
    public void A_record_is_rewritten_in_place()
    {
        Disk.Replace(Scratch["r"], "0000"u8);
        using var record = Disk.OpenRecord(Scratch["r"], 4);
        Assert.True(record.TryWrite("1111"u8));
        Assert.True(record.TryWrite("2222"u8));
        Assert.Equal("2222"u8.ToArray(), Disk.ReadAll(Scratch["r"], 10));
        Assert.Throws<ArgumentException>(() => record.TryWrite("333"u8));
    }

    [ContractFact]
    public void Only_a_file_of_just_that_size_is_kept_for_rewriting()
    {
        Disk.Replace(Scratch["r"], "0000"u8);
        Assert.Null(Disk.TryKeep(Scratch["none"], 4));
        Assert.Null(Disk.TryKeep(Scratch["r"], 3));
        Assert.Null(Disk.TryKeep(Scratch["r"], 5));
        using var kept = Disk.TryKeep(Scratch["r"], 4);
        if (kept is null) return; // where names and open files are two things
        Assert.True(kept.TryWrite("1111"u8));
        Assert.Equal("1111"u8.ToArray(), Disk.ReadAll(Scratch["r"], 10));
        Disk.Replace(Scratch["r"], "mine"u8);
        Assert.False(kept.TryWrite("2222"u8));
        Assert.Equal("mine"u8.ToArray(), Disk.ReadAll(Scratch["r"], 10));
    }

    [ContractFact]
    public void A_record_that_was_replaced_is_left_alone()
    {
        Disk.Replace(Scratch["r"], "0000"u8);
        using var record = Disk.OpenRecord(Scratch["r"], 4);
        Assert.True(record.TryWrite("1111"u8));
        Disk.Replace(Scratch["r"], "mine"u8);
        Assert.False(record.TryWrite("2222"u8));
        Assert.Equal("mine"u8.ToArray(), Disk.ReadAll(Scratch["r"], 10));
    }

    [ContractFact]
    public void A_record_that_was_deleted_is_not_created_again()
    {
        Disk.Replace(Scratch["r"], "0000"u8);
        using var record = Disk.OpenRecord(Scratch["r"], 4);
        Disk.Delete(Scratch["r"]);
        Assert.False(record.TryWrite("2222"u8));
        Assert.Null(Disk.Look(Scratch["r"]));
        Assert.Throws<LedgerStorageException>(() => Disk.OpenRecord(Scratch["r"], 4));
    }
}

[Needs(Requirement.Linux)]
public sealed class UnixDiskTests() : DiskContract(() => new UnixDisk(isLocal: true));

[Needs(Requirement.Linux)]
public sealed class UnixDiskWithReopenedRecordsTests() : DiskContract(() => new UnixDisk(isLocal: false));

[Needs(Requirement.SharedMemory)]
public sealed class UnixDiskInSharedMemoryTests()
    : DiskContract(() => new UnixDisk(isLocal: true), ScratchDirectory.SharedMemory);

public sealed class InjectedDiskTests() : DiskContract(() => new InjectedDisk(new FileSystem()));

[Needs(Requirement.NetworkDrive)]
public sealed class UnixDiskOverNetworkDriveTests(SharedDrive shared)
    : DiskContract(() => new UnixDisk(isLocal: false), shared.Drive?.A.Path), IClassFixture<SharedDrive>;
